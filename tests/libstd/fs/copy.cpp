// SPDX-License-Identifier: MIT
//
// copy, copy_tree: bytes, permissions, existing targets, and sources that are no files.
#include <support/soak.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <string>

namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

TEST_CASE("copy copies bytes and permissions, and returns the count",
          "[promise:2.8][rust:copy_file_ok][rust:copy_file_returns_metadata_len]") {
    const test::TempDir dir;
    const std::string text(300'000, 'x');
    must(fs::write(dir / "from", text));
    must(fs::set_permissions(dir / "from", fs::Permissions(0640)));
    CHECK(must(fs::copy(dir / "from", dir / "to")) == text.size());
    CHECK(must(fs::read_to_string(dir / "to")) == text);
    CHECK(must(fs::metadata(dir / "to")).len() == text.size());
    CHECK(must(fs::metadata(dir / "to")).permissions().mode() == 0640);
}

TEST_CASE("copy truncates an existing target and sets its permissions, also under its other names",
          "[promise:2.8][rust:copy_file_dst_exists][rust:copy_file_preserves_perm_bits]") {
    const test::TempDir dir;
    must(fs::write(dir / "from", "short"));
    must(fs::write(dir / "to", "much longer than that"));
    must(fs::hard_link(dir / "to", dir / "other"));
    must(fs::set_permissions(dir / "from", fs::Permissions(0400)));
    CHECK(must(fs::copy(dir / "from", dir / "to")) == 5);
    CHECK(must(fs::read_to_string(dir / "other")) == "short");
    CHECK(must(fs::metadata(dir / "other")).permissions().readonly());
    CHECK(must(fs::copy(dir / "from", dir / "new")) == 5);
    CHECK(must(fs::metadata(dir / "new")).permissions().readonly());
}

TEST_CASE("copy of a file onto itself, by any name, is InvalidInput and changes nothing", "[promise:2.8]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "kept"));
    must(fs::symlink("file", dir / "link"));
    must(fs::hard_link(dir / "file", dir / "second"));
    for (const char* name : {"file", "link", "second", "./file"}) {
        INFO(name);
        CHECK(kind_of(fs::copy(dir / "file", dir / name)) == Kind::InvalidInput);
        CHECK(must(fs::read_to_string(dir / "file")) == "kept");
    }
}

TEST_CASE("copy from a missing file, or from or to a directory, is an error and changes nothing",
          "[promise:2.8][rust:copy_file_does_not_exist][rust:copy_src_does_not_exist][rust:copy_file_src_dir]"
          "[rust:copy_file_dst_dir]") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "dir"));
    must(fs::write(dir / "file", ""));
    must(fs::write(dir / "there", "hello"));
    CHECK(kind_of(fs::copy(dir / "missing", dir / "to")) == Kind::NotFound);
    CHECK(kind_of(fs::copy(dir / "missing", dir / "there")) == Kind::NotFound);
    CHECK(kind_of(fs::copy(dir / "dir", dir / "there")) == Kind::IsADirectory);
    CHECK(must(fs::read_to_string(dir / "there")) == "hello");
    CHECK_FALSE(must(fs::exists(dir / "missing")));
    CHECK(kind_of(fs::copy(dir / "dir", dir / "to")) == Kind::IsADirectory);
    CHECK(kind_of(fs::copy(dir / "file", dir / "dir")) == Kind::IsADirectory);
    CHECK(kind_of(fs::copy("/dev/null", dir / "to")) == Kind::InvalidInput);
    CHECK_FALSE(must(fs::exists(dir / "to")));
    CHECK(kind_of(fs::copy(dir / "file", std::string("a\0b", 3))) == Kind::InvalidInput);
}

TEST_CASE("copy follows symbolic links on both sides, and copies files of /proc that report size zero",
          "[promise:2.8][rust:copy_file_follows_dst_symlink]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "text"));
    must(fs::symlink("file", dir / "from"));
    must(fs::symlink("made", dir / "to"));
    CHECK(must(fs::copy(dir / "from", dir / "to")) == 4);
    CHECK(must(fs::symlink_metadata(dir / "to")).is_symlink());
    CHECK(must(fs::read_to_string(dir / "made")) == "text");
    must(fs::write(dir / "made", "bar"));
    CHECK(must(fs::copy(dir / "file", dir / "to")) == 4);
    CHECK(must(fs::symlink_metadata(dir / "to")).is_symlink());
    CHECK(must(fs::read_to_string(dir / "made")) == "text");
    CHECK(must(fs::copy("/proc/self/status", dir / "status")) > 100);
    CHECK(must(fs::read_to_string(dir / "status")).starts_with("Name:"));
    CHECK(must(fs::copy(dir / "file", "/dev/null")) == 4);
}

TEST_CASE("a new file never has more permissions than its source", "[promise:2.7]") {
    const test::TempDir dir;
    must(fs::write(dir / "from", "secret"));
    must(fs::set_permissions(dir / "from", fs::Permissions(0600)));
    const mode_t before = ::umask(0);
    must(fs::copy(dir / "from", dir / "to"));
    ::umask(before);
    CHECK(must(fs::metadata(dir / "to")).permissions().mode() == 0600);
}

TEST_CASE("a copy that fails half way exposes neither the source nor the old target", "[promise:2.7]") {
    const test::TempDir dir;
    must(fs::write(dir / "from", "secret"));
    must(fs::set_permissions(dir / "from", fs::Permissions(0640)));
    const auto end = test::in_child([&] {
        const rlimit nothing{.rlim_cur = 0, .rlim_max = RLIM_INFINITY};
        ::signal(SIGXFSZ, SIG_IGN);
        ::umask(0);
        return ::setrlimit(RLIMIT_FSIZE, &nothing) == 0 &&
                       kind_of(fs::copy(dir / "from", dir / "to")) == Kind::FileTooLarge
                   ? 0
                   : 1;
    });
    CHECK(end.exited_with(0));
    CHECK(must(fs::metadata(dir / "to")).permissions().mode() == 0640);

    // A target that cannot be truncated keeps its contents.
    const int sealed = ::memfd_create("old", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    REQUIRE(sealed >= 0);
    const fs::File old = fs::File::from_handle(weld::sys::OwnedHandle(sealed));
    must(old.write(test::bytes("old secret")));
    must(old.set_permissions(fs::Permissions(0600)));
    REQUIRE(::fcntl(sealed, F_ADD_SEALS, F_SEAL_SHRINK) == 0);
    CHECK_FALSE(fs::copy(dir / "from", "/proc/self/fd/" + std::to_string(sealed)).has_value());
    CHECK(must(old.metadata()).permissions().mode() == 0600);
}

TEST_CASE("a target of copy that is no regular file keeps its permissions", "[promise:2.7]") {
    const test::TempDir dir;
    must(fs::write(dir / "from", "text"));
    must(fs::set_permissions(dir / "from", fs::Permissions(0600)));
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    must(fs::set_permissions(dir / "fifo", fs::Permissions(0644)));
    const fs::File reader = must(fs::File::open(dir / "fifo", {.read = true, .custom_flags = O_NONBLOCK}));
    CHECK(must(fs::copy(dir / "from", dir / "fifo")) == 4);
    CHECK(must(fs::metadata(dir / "fifo")).permissions().mode() == 0644);
    std::array<std::byte, 8> buffer;
    CHECK(test::text(buffer, must(reader.read(buffer))) == "text");
}

TEST_CASE("copy copies a file of sysfs that reports more than its size, and one above 4 GiB, whole", "[promise:2.8]") {
    const test::TempDir dir(test::memory_directory());
    const char* sysfs = "/sys/kernel/mm/transparent_hugepage/enabled";
    if (fs::exists(sysfs).value_or(false)) {
        const std::string text = must(fs::read_to_string(sysfs));
        CHECK(must(fs::metadata(sysfs)).len() != text.size());
        CHECK(must(fs::copy(sysfs, dir / "to")) == text.size());
        CHECK(must(fs::read_to_string(dir / "to")) == text);
    } else {
        WARN("no file of sysfs: skipped");
    }
    const fs::File sparse = must(fs::File::create(dir / "sparse"));
    constexpr std::uint64_t size = (std::uint64_t{4} << 30) + 5;
    if (sparse.set_len(size)) {
        CHECK(must(fs::copy(dir / "sparse", "/dev/null")) == size);
    } else {
        WARN("no file of 4 GiB here: skipped");
    }
}

TEST_CASE("copy_tree copies directories, files and symbolic links with their permissions") {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "from/a/b"));
    must(fs::create_dir(dir / "from/shut"));
    must(fs::write(dir / "from/a/file", "text"));
    must(fs::write(dir / "from/shut/inside", "more"));
    must(fs::set_permissions(dir / "from/a/file", fs::Permissions(0640)));
    must(fs::set_permissions(dir / "from/shut", fs::Permissions(0500)));
    must(fs::symlink("nowhere", dir / "from/a/b/link"));
    must(fs::symlink("a", dir / "from/to_dir"));
    const std::size_t descriptors = test::open_descriptors();
    must(fs::copy_tree(dir / "from", dir / "to"));
    CHECK(test::open_descriptors() == descriptors);
    CHECK(must(fs::read_to_string(dir / "to/a/file")) == "text");
    CHECK(must(fs::metadata(dir / "to/a/file")).permissions().mode() == 0640);
    CHECK(must(fs::metadata(dir / "to/shut")).permissions().mode() == 0500);
    CHECK(must(fs::metadata(dir / "to/a")).permissions() == must(fs::metadata(dir / "from/a")).permissions());
    CHECK(must(fs::read_to_string(dir / "to/shut/inside")) == "more");
    CHECK(must(fs::read_link(dir / "to/a/b/link")) == "nowhere");
    CHECK(must(fs::read_link(dir / "to/to_dir")) == "a");
    must(fs::set_permissions(dir / "to/shut", fs::Permissions(0700)));
    must(fs::set_permissions(dir / "from/shut", fs::Permissions(0700)));
}

TEST_CASE("copy_tree creates nothing over an existing path, inside its source, or from what is no directory") {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "from/sub"));
    must(fs::create_dir(dir / "there"));
    must(fs::write(dir / "file", ""));
    must(fs::symlink("from/sub", dir / "link"));
    CHECK(kind_of(fs::copy_tree(dir / "from", dir / "there")) == Kind::AlreadyExists);
    CHECK(kind_of(fs::copy_tree(dir / "from", dir / "from/sub/to")) == Kind::InvalidInput);
    CHECK(kind_of(fs::copy_tree(dir / "from", dir / "link/to")) == Kind::InvalidInput);
    CHECK(kind_of(fs::copy_tree(dir / "from", dir / "from/to//")) == Kind::InvalidInput);
    CHECK(kind_of(fs::copy_tree(dir / "file", dir / "to")) == Kind::NotADirectory);
    CHECK(kind_of(fs::copy_tree(dir / "missing", dir / "to")) == Kind::NotFound);
    CHECK(kind_of(fs::copy_tree(dir / "from", dir / "missing/to")) == Kind::NotFound);
    CHECK(kind_of(fs::copy_tree(std::string("a\0b", 3), dir / "to")) == Kind::InvalidInput);
    CHECK(kind_of(fs::copy_tree(dir / "from", std::string("a\0b", 3))) == Kind::InvalidInput);
    REQUIRE(::mkfifo((dir / "from/fifo").c_str(), 0600) == 0);
    CHECK(kind_of(fs::copy_tree(dir / "from", dir / "to")) == Kind::InvalidInput);
    CHECK_FALSE(must(fs::exists(dir / "from/sub/to")));
}

TEST_CASE("copy_tree copies a thousand nested directories with a hundred file descriptors") {
    const test::TempDir dir(test::memory_directory());
    std::string name(1, 'd');
    auto at = must(fs::Dir::open(dir.path()));
    for (int depth = 0; depth < 1000; ++depth) {
        must(at.create_dir(name));
        at = must(at.open_dir(name));
    }
    must(at.write("deepest", "text"));
    const auto end = test::in_child([&] {
        const rlimit few{.rlim_cur = 100, .rlim_max = 100};
        (void)::setrlimit(RLIMIT_NOFILE, &few);
        must(fs::copy_tree(dir / "d", dir / "copy"));
        std::size_t items = 0;
        auto walk = must(fs::walk(dir / "copy"));
        while (const auto* item = walk.next()) {
            items += *item ? 1U : 0U;
        }
        return items == 1001 ? 0 : 1;
    });
    CHECK(end.exited_with(0));
    must(fs::remove_dir_all(dir / "copy"));
    must(fs::remove_dir_all(dir / "d"));
}

TEST_CASE("same_file recognises a file by any of its names") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    must(fs::write(dir / "other", ""));
    must(fs::hard_link(dir / "file", dir / "hard"));
    must(fs::symlink("file", dir / "soft"));
    CHECK(must(fs::same_file(dir / "file", dir / "hard")));
    CHECK(must(fs::same_file(dir / "soft", dir / "hard")));
    CHECK_FALSE(must(fs::same_file(dir / "file", dir / "other")));
    CHECK(kind_of(fs::same_file(dir / "file", dir / "missing")) == Kind::NotFound);
}

TEST_CASE("copy refuses a source without an end as InvalidInput, and does not wait for it") {
    const test::TempDir dir;
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    CHECK(kind_of(fs::copy(dir / "fifo", dir / "to")) == Kind::InvalidInput);
    CHECK(kind_of(fs::copy("/dev/zero", dir / "to")) == Kind::InvalidInput);
    CHECK_FALSE(must(fs::exists(dir / "to")));
}

TEST_CASE("a copy gets no set-id bits, since its owner may differ") {
    const test::TempDir dir;
    must(fs::write(dir / "from", "text"));
    must(fs::set_permissions(dir / "from", fs::Permissions(06755)));
    must(fs::copy(dir / "from", dir / "to"));
    CHECK(must(fs::metadata(dir / "to")).permissions().mode() == 0755);
    must(fs::create_dir(dir / "tree"));
    must(fs::rename(dir / "from", dir / "tree/from"));
    must(fs::copy_tree(dir / "tree", dir / "copied"));
    CHECK(must(fs::metadata(dir / "copied/from")).permissions().mode() == 0755);
}

TEST_CASE("copy_tree into its source by a bind mount is InvalidInput") {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "from/sub"));
    must(fs::create_dir(dir / "view"));
    const auto end = test::in_child([&] {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount((dir / "from/sub").c_str(), (dir / "view").c_str(), nullptr, MS_BIND, nullptr) != 0) {
            return 77;
        }
        return kind_of(fs::copy_tree(dir / "from", dir / "view/new")) == Kind::InvalidInput ? 0 : 1;
    });
    CHECK((end.exited_with(0) || end.exited_with(77)));
}

TEST_CASE("copy_tree does not follow a symbolic link that replaces a file meanwhile", "[soak]") {
    const test::TempDir dir(test::memory_directory());
    must(fs::write(dir / "secret", "secret"));
    must(fs::create_dir(dir / "from"));
    for (int i = 0; i < 50; ++i) {
        must(fs::write(dir / ("from/" + std::to_string(i)), "plain"));
    }
    std::atomic<bool> stop = false;
    auto attacker = must(weld::thread::spawn([&] {
        while (!stop) {
            (void)fs::rename(dir / "from/7", dir / "aside");
            (void)fs::symlink("../secret", dir / "from/7");
            (void)fs::rename(dir / "aside", dir / "from/7");
        }
    }));
    const int rounds = test::attack_rounds(test::is_slow ? 20 : 200);
    int leaked = 0;
    for (int round = 0; round < rounds; ++round) {
        (void)fs::copy_tree(dir / "from", dir / "to");
        const auto copied = fs::symlink_metadata(dir / "to/7");
        leaked += copied && copied->is_file() && fs::read_to_string(dir / "to/7").value_or("") == "secret" ? 1 : 0;
        (void)fs::remove_dir_all(dir / "to");
    }
    stop = true;
    std::move(attacker).join();
    CHECK(leaked == 0);
}
