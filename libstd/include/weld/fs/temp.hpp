// SPDX-License-Identifier: MIT
//
// TempDir, TempFile: a directory and a file of one's own, gone when they are not needed any more.
//
// Their names cannot be guessed, only their owner may use them, and nothing that is there already is ever opened. They
// are removed from the directory that they were made in, wherever that has gone and whatever the current one is. A
// process that is killed leaves them.
#pragma once

#include <weld/error.hpp>
#include <weld/fs/dir.hpp>
#include <weld/fs/file.hpp>
#include <weld/path.hpp>

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace weld::fs {

/// A name in an open directory, with its path for who wants to see it.
struct TempName {
    std::optional<Dir> parent;  ///< none when it is not ours to remove
    std::string name;
    std::string path;
};

class TempDir {
public:
    /// Makes one in the directory `parent`. Allocates: its path.
    [[nodiscard]] static WELD_API Result<TempDir> create(PathRef parent) noexcept;

    TempDir(TempDir&& other) noexcept : at_(std::exchange(other.at_, {})) {}
    TempDir& operator=(TempDir&& other) noexcept {
        TempDir taken(std::move(other));
        std::swap(at_, taken.at_);
        return *this;
    }

    /// Removes it with all that is in it; what that fails with is lost.
    WELD_API ~TempDir();

    /// `parent`, as it was given, and the name.
    [[nodiscard]] const std::string& path() const noexcept { return at_.path; }

    /// Removes it with all that is in it. An error leaves the rest.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    /// Leaves it where it is; its path.
    [[nodiscard]] std::string keep() && noexcept { return std::exchange(at_, {}).path; }

private:
    explicit TempDir(TempName at) noexcept : at_(std::move(at)) {}

    TempName at_;
};

class TempFile {
public:
    /// Makes one in the directory `parent`, open for reading and writing. Allocates: its path.
    [[nodiscard]] static WELD_API Result<TempFile> create(PathRef parent) noexcept;

    TempFile(TempFile&& other) noexcept : at_(std::exchange(other.at_, {})), file_(std::move(other.file_)) {}
    TempFile& operator=(TempFile&& other) noexcept {
        TempFile taken(std::move(other));
        std::swap(at_, taken.at_);
        std::swap(file_, taken.file_);
        return *this;
    }

    /// Removes it; what that fails with is lost.
    WELD_API ~TempFile();

    /// `parent`, as it was given, and the name.
    [[nodiscard]] const std::string& path() const noexcept { return at_.path; }
    [[nodiscard]] const File& file() const noexcept { return file_; }

    /// Removes its name and closes it.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    /// The directory that it is in, until it is kept or closed.
    [[nodiscard]] const Dir& parent() const noexcept {
        assert(at_.parent);
        return *at_.parent;  // NOLINT(bugprone-unchecked-optional-access)
    }

    /// Gives it the name `to`, on the same file system, replacing what had it. After an error it goes with this object.
    [[nodiscard]] WELD_API Result<File> persist(PathRef to) && noexcept;
    [[nodiscard]] WELD_API Result<File> persist_in(const Dir& dir, PathRef to) && noexcept;
    void persist(PathRef to) const& = delete;                     // consumes: std::move(object).persist(path)
    void persist_in(const Dir& dir, PathRef to) const& = delete;  // consumes: std::move(object).persist_in(dir, path)

    /// Leaves it where it is; `path()` tells where, before.
    [[nodiscard]] File keep() && noexcept {
        at_ = {};
        return std::move(file_);
    }

private:
    friend class AtomicFile;
    [[nodiscard]] static Result<TempFile> create_for(PathRef parent, std::uint32_t mode) noexcept;

    TempFile(TempName at, File file) noexcept : at_(std::move(at)), file_(std::move(file)) {}

    TempName at_;
    File file_;
};

/// A file without a name in the directory `parent`, open for reading and writing, which is gone when it is closed,
/// whatever ends the process. Where the file system has no such file it has a name for a moment. open(2), O_TMPFILE.
[[nodiscard]] WELD_API Result<File> unnamed_file(PathRef parent) noexcept;

}  // namespace weld::fs
