// SPDX-License-Identifier: MIT
//
// File: every combination of options compared with open(2), and the mode of a new file from the start.
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fs = weld::fs;
using fs::File;
using fs::OpenOptions;
using test::bytes;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

OpenOptions options_of(unsigned bits) {
    return {.read = (bits & 1U) != 0,
            .write = (bits & 2U) != 0,
            .append = (bits & 4U) != 0,
            .truncate = (bits & 8U) != 0,
            .create = (bits & 16U) != 0,
            .create_new = (bits & 32U) != 0};
}

std::string described(const OpenOptions& options) {
    std::string text;
    for (const auto& [is_set, name] : {std::pair{options.read, "read "},
                                       {options.write, "write "},
                                       {options.append, "append "},
                                       {options.truncate, "truncate "},
                                       {options.create, "create "},
                                       {options.create_new, "create_new "}}) {
        text += is_set ? name : "";
    }
    return text;
}

/// The flags of a creation, and the access that they allow, one character each: none, read, write, both, append, read
/// and append.
struct Creation {
    int flags;
    std::string_view allowed;
};
constexpr Creation existing{.flags = 0, .allowed = "-xxxxx"};
constexpr Creation create{.flags = O_CREAT, .allowed = "--xxxx"};
constexpr Creation truncate{.flags = O_TRUNC, .allowed = "--xx--"};
constexpr Creation create_and_truncate{.flags = O_CREAT | O_TRUNC, .allowed = "--xx--"};
constexpr Creation create_new{.flags = O_CREAT | O_EXCL, .allowed = "--xxxx"};

constexpr std::array<int, 6> access_flags = {0, O_RDONLY, O_WRONLY, O_RDWR, O_WRONLY | O_APPEND, O_RDWR | O_APPEND};

/// The flags of open(2) for `options`; none when they contradict each other.
std::optional<int> flags_of(const OpenOptions& options) {
    const Creation& creation = options.create_new                   ? create_new
                               : options.create && options.truncate ? create_and_truncate
                               : options.create                     ? create
                               : options.truncate                   ? truncate
                                                                    : existing;
    const std::size_t access =
        options.append ? (options.read ? 5 : 4) : std::size_t{options.read} + (options.write ? 2 : 0);
    if (creation.allowed[access] == '-') {
        return std::nullopt;
    }
    return access_flags[access] | creation.flags;
}

enum class Workspace { Missing, File, Directory };

void make(Workspace workspace, const std::string& path) {
    if (workspace == Workspace::File) {
        must(fs::write(path, "abcd"));
    } else if (workspace == Workspace::Directory) {
        must(fs::create_dir(path));
        must(fs::write(path + "/inside", "abcd"));
    }
}

/// Everything below `root`: path, mode, and contents of files.
std::vector<std::string> tree(const std::string& root) {
    std::vector<std::string> items;
    for (const auto& item : std::filesystem::recursive_directory_iterator(root)) {
        struct stat status{};
        REQUIRE(::lstat(item.path().c_str(), &status) == 0);
        items.push_back(item.path().string().substr(root.size()) + " " + std::to_string(status.st_mode) + " " +
                        (item.is_regular_file() ? must(fs::read_to_string(item.path())) : ""));
    }
    std::ranges::sort(items);
    return items;
}

/// The mode of `path`, without the file type.
unsigned mode_of(const std::string& path) {
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

unsigned mode_of(const File& file) { return must(file.metadata()).permissions().mode(); }

class NoUmask {
public:
    NoUmask() = default;
    NoUmask(const NoUmask&) = delete;
    NoUmask& operator=(const NoUmask&) = delete;
    ~NoUmask() { ::umask(before_); }

private:
    mode_t before_ = ::umask(0);
};

/// Opens `ours` with `options` and `systems` with open(2)'s `flags`, and compares the results.
void compare(const OpenOptions& options, int flags, const std::string& ours, const std::string& systems) {
    const auto opened = File::open(ours, options);
    errno = 0;
    const int fd = ::open(systems.c_str(), flags | O_CLOEXEC | O_NOCTTY, 0666);
    if (fd < 0) {
        REQUIRE_FALSE(opened.has_value());
        CHECK(opened.error() == weld::Error("open", static_cast<weld::sys::Errno>(errno)));
        return;
    }
    const weld::sys::OwnedHandle closed_at_the_end(fd);
    REQUIRE(opened.has_value());
    CHECK(::fcntl(opened->as_handle().raw(), F_GETFL) == ::fcntl(fd, F_GETFL));
    std::array<std::byte, 8> buffer{};
    const auto read = opened->read(std::span(buffer).first(1));
    CHECK(read.has_value() == (::read(fd, buffer.data(), 1) >= 0));
    const auto written = opened->write(bytes("XY"));
    CHECK(written.has_value() == (::write(fd, "XY", 2) == 2));
}

}  // namespace

TEST_CASE("every combination of options does what open(2) does with its flags, or is refused and does nothing",
          "[promise:2.6]") {
    int refused = 0;
    for (unsigned bits = 0; bits < 64; ++bits) {
        const OpenOptions options = options_of(bits);
        const auto flags = flags_of(options);
        refused += flags ? 0 : 1;
        for (const Workspace workspace : {Workspace::Missing, Workspace::File, Workspace::Directory}) {
            INFO(described(options) << "on " << static_cast<int>(workspace));
            const test::TempDir ours(test::memory_directory());
            const test::TempDir systems(test::memory_directory());
            make(workspace, ours / "name");
            make(workspace, systems / "name");
            if (flags) {
                compare(options, *flags, ours / "name", systems / "name");
            } else {
                CHECK(kind_of(File::open(ours / "name", options)) == Kind::InvalidInput);
            }
            CHECK(tree(ours.path()) == tree(systems.path()));
        }
    }
    // Without access, to read and make, and to append and truncate what may be there.
    CHECK(refused == 8 + 7 + 8);
}

TEST_CASE("open says which options contradict each other, by path and in a directory") {
    const test::TempDir dir;
    const fs::Dir place = must(fs::Dir::open(dir.path()));
    int named = 0;
    for (unsigned bits = 0; bits < 64; ++bits) {
        const OpenOptions options = options_of(bits);
        if (flags_of(options)) {
            continue;
        }
        INFO(described(options));
        const bool writes = options.write || options.append;
        const weld::Fault contradiction = !writes && !options.read ? weld::Fault::NoAccess
                                          : !writes                ? weld::Fault::CreateWithoutWrite
                                                                   : weld::Fault::TruncateWithAppend;
        CHECK(File::open(dir / "name", options).error().message() == weld::Error("open", contradiction).message());
        CHECK(place.open_file("name", options).error().message() == weld::Error("open", contradiction).message());
        ++named;
    }
    CHECK(named == 8 + 7 + 8);
    const auto by_the_system = File::open(dir.path(), {.read = true, .custom_flags = O_TMPFILE});
    CHECK(by_the_system.error().message() == "open: Invalid argument (EINVAL)");
}

TEST_CASE("a directory can be opened for reading only, and is never truncated",
          "[rust:open_directory_with_truncate_is_error]") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "dir"));
    must(fs::write(dir / "dir/file", "kept"));
    must(File::open(dir / "dir"));
    for (const OpenOptions& options : {OpenOptions{.write = true, .truncate = true},
                                       {.write = true, .truncate = true, .create = true},
                                       {.read = true, .write = true},
                                       {.append = true}}) {
        INFO(described(options));
        CHECK(kind_of(File::open(dir / "dir", options)) == Kind::IsADirectory);
    }
    CHECK(kind_of(File::open(dir / "dir", {.read = true, .truncate = true})) == Kind::InvalidInput);
    CHECK(must(fs::read_to_string(dir / "dir/file")) == "kept");
}

TEST_CASE("a new file gets the requested mode, and an existing one keeps its own", "[promise:2.7]") {
    const NoUmask no_umask;
    const test::TempDir dir;
    for (const unsigned mode : {0U, 0400U, 0444U, 0600U, 0640U, 0666U, 0700U, 0777U}) {
        INFO(mode);
        const OpenOptions options{.read = true, .write = true, .create_new = true, .mode = mode};
        const File file = must(File::open(dir / "file", options));
        CHECK(mode_of(file) == mode);
        // The mode would forbid that for a file that existed before.
        must(file.write(bytes("text")));
        for (const unsigned other : {0U, 0777U}) {  // refused to all but root, where the file is not writable
            (void)File::open(dir / "file", {.write = true, .create = true, .mode = other}).has_value();
            CHECK(mode_of(file) == mode);
        }
        must(fs::remove_file(dir / "file"));
    }
    must(File::create(dir / "created"));
    CHECK(mode_of(dir / "created") == 0666);
    must(fs::create_dir(dir / "dir", 0710));
    CHECK(mode_of(dir / "dir") == 0710);
    must(fs::create_dir_all(dir / "a/b", 0700));
    CHECK(mode_of(dir / "a") == 0700);
    CHECK(mode_of(dir / "a/b") == 0700);
}

TEST_CASE(
    "a temporary file is private to its owner from the start, and a replacement has no more permissions than its "
    "target",
    "[promise:2.7]") {
    const NoUmask no_umask;
    const test::TempDir dir;
    CHECK(mode_of(must(fs::TempFile::create(dir.path())).file()) == 0600);
    CHECK(mode_of(must(fs::unnamed_file(dir.path()))) == 0600);
    CHECK(mode_of(must(fs::TempDir::create(dir.path())).path()) == 0700);
    must(fs::write(dir / "secret", "old"));
    must(fs::set_permissions(dir / "secret", fs::Permissions(0400)));
    const fs::AtomicFile next = must(fs::AtomicFile::create(dir / "secret"));
    CHECK((mode_of(next.file()) & 0077U) == 0);
}
