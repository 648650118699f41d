// SPDX-License-Identifier: MIT
//
// TempDir, TempFile: a temporary directory and a temporary file, removed when they are dropped.
//
// Their names cannot be guessed, only their owner may use them, and they never open anything that exists already. They
// are removed from the directory in which they were created, wherever that was moved and whatever the current directory
// is. A process that is killed leaves them behind.
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

/// A name in an open directory, and its path to be shown.
struct TempName {
    std::optional<Dir> parent;  ///< none when this object does not own the name
    std::string name;
    std::string path;
};

class TempDir {
public:
    /// Creates a temporary directory in the directory `parent`. Allocates: its path.
    [[nodiscard]] static WELD_API Result<TempDir> create(PathRef parent) noexcept;

    TempDir(TempDir&& other) noexcept : at_(std::exchange(other.at_, {})) {}
    TempDir& operator=(TempDir&& other) noexcept {
        TempDir taken(std::move(other));
        std::swap(at_, taken.at_);
        return *this;
    }

    /// Removes the directory with everything in it. An error is lost.
    WELD_API ~TempDir();

    /// `parent`, as it was passed to `create`, and the name.
    [[nodiscard]] const std::string& path() const noexcept { return at_.path; }

    /// Removes the directory with everything in it. An error leaves the rest in place.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    /// Keeps the directory, and returns its path.
    [[nodiscard]] std::string keep() && noexcept { return std::exchange(at_, {}).path; }

private:
    explicit TempDir(TempName at) noexcept : at_(std::move(at)) {}

    TempName at_;
};

class TempFile {
public:
    /// Creates a temporary file in the directory `parent`, open for reading and writing. Allocates: its path.
    [[nodiscard]] static WELD_API Result<TempFile> create(PathRef parent) noexcept;

    TempFile(TempFile&& other) noexcept : at_(std::exchange(other.at_, {})), file_(std::move(other.file_)) {}
    TempFile& operator=(TempFile&& other) noexcept {
        TempFile taken(std::move(other));
        std::swap(at_, taken.at_);
        std::swap(file_, taken.file_);
        return *this;
    }

    /// Removes the file. An error is lost.
    WELD_API ~TempFile();

    /// `parent`, as it was passed to `create`, and the name.
    [[nodiscard]] const std::string& path() const noexcept { return at_.path; }
    [[nodiscard]] const File& file() const noexcept { return file_; }

    /// Removes the file's name and closes the file.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    /// The directory that holds the file, until `close`, `persist` or `keep`.
    [[nodiscard]] const Dir& parent() const noexcept {
        assert(at_.parent);
        return *at_.parent;  // NOLINT(bugprone-unchecked-optional-access)
    }

    /// Renames the file to `to`, on the same file system, and replaces an existing `to`. After an error the file is
    /// removed with this object.
    [[nodiscard]] WELD_API Result<File> persist(PathRef to) && noexcept;
    [[nodiscard]] WELD_API Result<File> persist_in(const Dir& dir, PathRef to) && noexcept;
    void persist(PathRef to) const& = delete;                     // consumes: std::move(object).persist(path)
    void persist_in(const Dir& dir, PathRef to) const& = delete;  // consumes: std::move(object).persist_in(dir, path)

    /// Keeps the file where it is; ask `path()` before.
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

/// Creates a file without a name in the directory `parent`, open for reading and writing. It disappears when it is
/// closed, however the process ends. Where the file system does not support that, it has a name for a moment. open(2),
/// O_TMPFILE.
[[nodiscard]] WELD_API Result<File> unnamed_file(PathRef parent) noexcept;

}  // namespace weld::fs
