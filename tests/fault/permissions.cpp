// SPDX-License-Identifier: MIT
//
// File systems that refuse a change of permissions, and an AtomicFile whose last steps fail.
#include "fault.hpp"

#include <support/words.hpp>

#include <weld/fs.hpp>

#include <cerrno>
#include <string>

namespace fs = weld::fs;
using fault::always;
using fault::Faults;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

std::uint32_t mode_of(const std::string& path) { return must(fs::metadata(path)).permissions().mode(); }

std::size_t names_in(const std::string& path) {
    std::size_t count = 0;
    auto entries = must(fs::read_dir(path));
    while (entries.next() != nullptr) {
        ++count;
    }
    return count;
}

/// A file "from" with `mode`, and "to", which reports 0755, as all files do on such file systems.
struct Scratch {
    test::TempDir dir;

    explicit Scratch(std::uint32_t mode) {
        must(fs::write(dir / "from", "new"));
        must(fs::set_permissions(dir / "from", fs::Permissions(mode)));
        must(fs::write(dir / "to", "old"));
        must(fs::set_permissions(dir / "to", fs::Permissions(0755)));
    }
};

}  // namespace

TEST_CASE("copy ignores refused permissions if the target grants no more access than the source") {
    for (const int error : {EPERM, EACCES, EOPNOTSUPP, ENOSYS}) {
        INFO(error);
        const Scratch scratch(0644);
        const Faults faults({{.call = "fchmod", .error = error, .times = always}});
        CHECK(must(fs::copy(scratch.dir / "from", scratch.dir / "to")) == 3);
        CHECK(must(fs::read_to_string(scratch.dir / "to")) == "new");
        CHECK(mode_of(scratch.dir / "to") == 0755);
    }
    const Scratch scratch(0644);
    const Faults faults({{.call = "fchmod", .error = EIO, .times = always}});
    CHECK_FALSE(fs::copy(scratch.dir / "from", scratch.dir / "to"));
}

TEST_CASE("copy fails if refused permissions would grant more access than the source, and keeps the target") {
    const Scratch scratch(0600);
    const Faults faults({{.call = "fchmod", .error = EPERM, .times = always}});
    const std::string from = scratch.dir / "from";
    const std::string to = scratch.dir / "to";
    CHECK(kind_of(fs::copy(from, to)) == Kind::PermissionDenied);
    CHECK(must(fs::read_to_string(to)) == "old");
    CHECK(must(fs::copy(from, to, {.permissions = fs::CopyPermissions::Ignore})) == 3);
    CHECK(must(fs::read_to_string(to)) == "new");
}

TEST_CASE("copy fails on refused permissions where its options require them") {
    const Scratch scratch(0644);
    const Faults faults({{.call = "fchmod", .error = EPERM, .times = always}});
    CHECK(kind_of(fs::copy(scratch.dir / "from", scratch.dir / "to", {.permissions = fs::CopyPermissions::Require})) ==
          Kind::PermissionDenied);
    CHECK(must(fs::read_to_string(scratch.dir / "to")) == "old");
}

TEST_CASE("copy_tree ignores refused permissions or fails, as its options say") {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "from/sub"));
    must(fs::write(dir / "from/sub/file", "text"));
    must(fs::set_permissions(dir / "from/sub", fs::Permissions(0711)));
    const Faults faults(
        {{.call = "fchmod", .error = EPERM, .times = always}, {.call = "fchmodat", .error = EPERM, .times = always}});
    must(fs::copy_tree(dir / "from", dir / "kept"));
    CHECK(must(fs::read_to_string(dir / "kept/sub/file")) == "text");
    CHECK(mode_of(dir / "kept/sub") == 0700);  // gives nobody more permissions
    must(fs::copy_tree(dir / "from", dir / "ignored", {.permissions = fs::CopyPermissions::Ignore}));
    CHECK(must(fs::read_to_string(dir / "ignored/sub/file")) == "text");
    CHECK(kind_of(fs::copy_tree(dir / "from", dir / "required", {.permissions = fs::CopyPermissions::Require})) ==
          Kind::PermissionDenied);
}

TEST_CASE("write_atomic replaces a file where permissions are refused") {
    const Scratch scratch(0644);
    const Faults faults({{.call = "fchmod", .error = EPERM, .times = always}});
    must(fs::write_atomic(scratch.dir / "to", "atomic"));
    CHECK(must(fs::read_to_string(scratch.dir / "to")) == "atomic");
    CHECK((mode_of(scratch.dir / "to") & 077U) == 0);  // as it was created
}

TEST_CASE("a commit that fails before the replacement keeps the target and leaves no other file") {
    const Scratch scratch(0644);
    const std::string to = scratch.dir / "to";
    const std::vector<fault::Plan> plans = {{.call = "fsync", .error = EINVAL},
                                            {.call = "fsync", .error = EIO},
                                            {.call = "close", .error = EDQUOT},
                                            {.call = "renameat", .error = EIO}};
    for (const fault::Plan& plan : plans) {
        INFO(plan.call << " " << plan.error);
        weld::Result<void> done;
        {
            const Faults faults({plan});
            done = fs::write_atomic(to, "new");
        }
        REQUIRE_FALSE(done);
        CHECK_FALSE(fs::AtomicFile::is_replaced(done.error()));
        CHECK(must(fs::read_to_string(to)) == "old");
        CHECK(names_in(scratch.dir.path()) == 2);
    }
}

TEST_CASE("a commit that fails after the replacement says so with is_replaced") {
    const Scratch scratch(0644);
    const std::string to = scratch.dir / "to";
    for (const int error : {EIO, ENOSPC}) {
        const Faults faults({{.call = "fsync", .error = error, .first = 2}});
        const auto done = fs::write_atomic(to, std::to_string(error));
        REQUIRE_FALSE(done);
        CHECK(fs::AtomicFile::is_replaced(done.error()));
        CHECK(done.error().code() == error);
        CHECK(must(fs::read_to_string(to)) == std::to_string(error));
    }
    for (const int error : {EINVAL, EOPNOTSUPP}) {  // from file systems that cannot sync directories
        const Faults faults({{.call = "fsync", .error = error, .first = 2}});
        must(fs::write_atomic(to, "new"));
        CHECK(faults.calls("fsync") == 2);
        CHECK(must(fs::read_to_string(to)) == "new");
    }
}
