// SPDX-License-Identifier: MIT
//
// Trees on a kernel that gives entries of unknown type or with long names, and trees that another process changes at
// the worst moment. This program has its own getdents64 and openat, which libsys calls.
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace fs = weld::fs;
using fs::FileType;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

/// Changes the records that the kernel gave, `filled` bytes at the front of `target`; returns their size, or -1.
std::function<long(std::span<char> target, long filled)> after_getdents;

/// Called before `path` is opened; returns the errno that the open fails with, or zero.
std::function<int(std::string_view path)> before_open;

/// Called before `name`, in the directory `at`, is renamed; returns the errno that the rename fails with, or zero.
std::function<int(int at, const char* name)> before_rename;

/// Replaces `target` by `hook` during its lifetime.
template <class Hook>
class Hooked {
public:
    Hooked(Hook& target, Hook hook) : target_(target) { target_ = std::move(hook); }
    Hooked(const Hooked&) = delete;
    Hooked& operator=(const Hooked&) = delete;
    ~Hooked() { target_ = nullptr; }

private:
    Hook& target_;
};

long forget_types(std::span<char> target, long filled) {
    for (std::size_t at = 0; at < static_cast<std::size_t>(filled);) {
        std::uint16_t size = 0;
        std::memcpy(&size, &target[at + offsetof(dirent64, d_reclen)], sizeof size);
        target[at + offsetof(dirent64, d_type)] = DT_UNKNOWN;
        at += size;
    }
    return filled;
}

/// Writes the record of a file called `name` to the front of `target`; returns how many bytes.
long put_record(std::span<char> target, std::string_view name) {
    constexpr std::size_t begin = offsetof(dirent64, d_name);
    const auto size = static_cast<std::uint16_t>((begin + name.size() + 1 + 7) / 8 * 8);
    std::ranges::fill(target.first(size), '\0');
    std::memcpy(&target[offsetof(dirent64, d_reclen)], &size, sizeof size);
    target[offsetof(dirent64, d_type)] = DT_REG;
    std::ranges::copy(name, &target[begin]);
    return size;
}

/// A tree three levels deep, with a symbolic link to the victim's directory at each level.
struct Scratch {
    test::TempDir dir{test::memory_directory()};
    std::string victim = dir / "victim";
    std::string tree = dir / "tree";

    Scratch() {
        must(fs::create_dir_all(victim + "/inside"));
        must(fs::write(victim + "/canary", ""));
        must(fs::create_dir_all(tree + "/a/b/c"));
        for (const char* below : {"", "/a", "/a/b", "/a/b/c"}) {
            must(fs::write(tree + below + "/file", ""));
            must(fs::symlink(victim, tree + below + "/link"));
        }
    }

    [[nodiscard]] bool is_victim_whole() const {
        return must(fs::exists(victim + "/canary")) && must(fs::exists(victim + "/inside"));
    }
};

}  // namespace

extern "C" {

ssize_t getdents64(int fd, void* target, size_t size) noexcept {
    const long filled = ::syscall(SYS_getdents64, fd, target, size);
    if (filled >= 0 && after_getdents) {
        return after_getdents(std::span(static_cast<char*>(target), size), filled);
    }
    return filled;
}

int openat(int at, const char* path, int flags, ...) {
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (const auto hook = std::exchange(before_open, nullptr)) {  // the hook's own opens are left alone
        const int error = hook(path);
        before_open = hook;
        if (error != 0) {
            errno = error;
            return -1;
        }
    }
    return static_cast<int>(::syscall(SYS_openat, at, path, flags, mode));
}

int renameat(int from_at, const char* from, int to_at, const char* to) noexcept {
    if (const int error = before_rename ? before_rename(from_at, from) : 0; error != 0) {
        errno = error;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_renameat2, from_at, from, to_at, to, 0));
}

}  // extern "C"

TEST_CASE("entries of unknown type are checked: directories are entered, and links themselves are removed",
          "[promise:2.2]") {
    const Scratch scratch;
    const Hooked hooked(after_getdents, std::function(&forget_types));
    std::map<std::string, FileType> seen;
    for (const auto& entry : must(fs::read_dir(scratch.tree))) {
        CHECK(must(entry).as_native().file_type == FileType::Unknown);
        seen.emplace(must(entry).name(), must(must(entry).file_type()));
    }
    CHECK(seen == std::map<std::string, FileType>{
                      {"a", FileType::Directory}, {"file", FileType::File}, {"link", FileType::Symlink}});
    std::size_t items = 0;
    for (const auto& item : must(fs::walk(scratch.tree))) {
        CHECK(must(item).file_type() != FileType::Unknown);
        ++items;
    }
    CHECK(items == 4 + 4 + 4);
    must(fs::copy_tree(scratch.tree, scratch.dir / "copy"));
    CHECK(must(fs::read_link(scratch.dir / "copy/a/b/c/link")) == scratch.victim);
    must(fs::remove_dir_all(scratch.tree));
    CHECK_FALSE(must(fs::exists(scratch.tree)));
    CHECK(scratch.is_victim_whole());
}

TEST_CASE("remove_dir_all does not follow a directory that is replaced by a link, at any depth", "[promise:2.2]") {
    for (const char* swapped : {"", "/a", "/a/b", "/a/b/c"}) {
        for (const int error : {0, ELOOP, ENOTDIR}) {  // errors differ between systems
            INFO(swapped << " " << error);
            const Scratch scratch;
            const std::string path = scratch.tree + swapped;
            const std::string name = path == scratch.tree ? path : path.substr(path.rfind('/') + 1);
            bool is_swapped = false;
            weld::Result<void> removed;
            {
                const Hooked hooked(before_open, std::function([&](std::string_view opened) {
                                        if (is_swapped || opened != name) {
                                            return 0;
                                        }
                                        is_swapped = fs::rename(path, scratch.dir / "aside").has_value() &&
                                                     fs::symlink(scratch.victim, path).has_value();
                                        return error;
                                    }));
                removed = fs::remove_dir_all(scratch.tree);
            }
            CHECK(is_swapped);
            must(std::move(removed));
            CHECK(scratch.is_victim_whole());
            CHECK(kind_of(fs::symlink_metadata(scratch.tree)) == Kind::NotFound);
            CHECK(must(fs::exists(scratch.dir / "aside/file")));
        }
    }
}

TEST_CASE("remove_dir_all ignores entries that vanish, and returns NotFound for a root that does", "[promise:2.2]") {
    for (const char* gone : {"/a", "/a/b", "/a/b/c", ""}) {
        INFO(gone);
        const Scratch scratch;
        const std::string path = scratch.tree + gone;
        const std::string name = path == scratch.tree ? path : path.substr(path.rfind('/') + 1);
        weld::Result<void> removed;
        {
            const Hooked hooked(before_open, std::function([&](std::string_view opened) {
                                    if (opened == name) {
                                        (void)fs::rename(path, scratch.dir / "aside");
                                    }
                                    return 0;
                                }));
            removed = fs::remove_dir_all(scratch.tree);
        }
        CHECK(removed.has_value() == (path != scratch.tree));
        if (!removed) {
            CHECK(removed.error() == Kind::NotFound);
        }
        CHECK_FALSE(must(fs::exists(scratch.tree)));
        CHECK(must(fs::exists(scratch.dir / "aside/file")));
        CHECK(scratch.is_victim_whole());
    }
}

TEST_CASE("a very long name is not cut, and an error after it is not the end", "[promise:2.16]") {
    const test::TempDir dir;
    const std::string name(700, '\xe4');
    auto entries = must(fs::read_dir(dir.path()));
    int reads = 0;
    const Hooked hooked(after_getdents, std::function([&](std::span<char> target, long) {
                            if (++reads > 1) {
                                errno = EIO;
                                return -1L;
                            }
                            const long first = put_record(target, name);
                            return first + put_record(target.subspan(static_cast<std::size_t>(first)), "next");
                        }));
    CHECK(must(*entries.next()).name() == name);
    CHECK(must(*entries.next()).name() == "next");
    const auto* last = entries.next();
    REQUIRE(last != nullptr);
    REQUIRE_FALSE(last->has_value());
    CHECK(last->error() == std::errc::io_error);
    CHECK(entries.next() == nullptr);
}

TEST_CASE("an atomic file is closed before it is renamed") {
    const test::TempDir dir;
    int renames = 0;
    const Hooked hooked(
        before_rename, std::function([&](int at, const char* name) {
            ++renames;
            struct stat renamed{};
            if (::fstatat(at, name, &renamed, AT_SYMLINK_NOFOLLOW) != 0) {
                return ENOENT;
            }
            for (int fd = 0; fd < 256; ++fd) {
                struct stat open{};
                if (::fstat(fd, &open) == 0 && open.st_ino == renamed.st_ino && open.st_dev == renamed.st_dev) {
                    return EOPNOTSUPP;
                }
            }
            return 0;
        }));
    must(fs::write_atomic(dir / "file", "first"));
    must(fs::write_atomic(dir / "file", "second"));
    CHECK(renames == 2);
    CHECK(must(fs::read_to_string(dir / "file")) == "second");
    CHECK(kind_of(must(fs::TempFile::create(dir.path())).persist(dir / "file")) == Kind::Unsupported);
}
