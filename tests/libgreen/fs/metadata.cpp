// SPDX-License-Identifier: MIT
//
// green::fs::metadata: offloaded calls have the results of inline ones.
#include <support/green_io.hpp>

#include <green/fs.hpp>

#include <unistd.h>
#include <string>

namespace fs = green::fs;
using fs::Mode;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

bool are_same(const fs::Metadata& left, const fs::Metadata& right) {
    return left.file_type() == right.file_type() && left.len() == right.len() && left.modified() == right.modified() &&
           left.as_native().file_id() == right.as_native().file_id();
}

}  // namespace

GREEN_TEST("metadata returns the same in both modes") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abc"));
    REQUIRE(::symlink("file", (dir / "link").c_str()) == 0);
    for (const std::string& path : {dir.path(), dir / "file", dir / "link"}) {
        CHECK(are_same(must(fs::metadata(path, Mode::Offload)), must(fs::metadata(path))));
        CHECK(are_same(must(fs::metadata(path, Mode::Inline)), must(fs::metadata(path))));
        CHECK(are_same(must(fs::symlink_metadata(path, Mode::Offload)), must(fs::symlink_metadata(path))));
    }
    CHECK(must(fs::metadata(dir / "link", Mode::Offload)).is_file());
    CHECK(must(fs::symlink_metadata(dir / "link", Mode::Offload)).is_symlink());
}

GREEN_TEST("metadata fails with the same error in both modes") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    for (const std::string& path : {dir / "missing", dir / "file/x", std::string("a\0b", 3), std::string(5000, 'x')}) {
        const auto offloaded = fs::metadata(path, Mode::Offload);
        const auto here = fs::metadata(path);
        REQUIRE_FALSE(offloaded.has_value());
        CHECK((offloaded.error() == here.error()));
        CHECK(std::string_view(offloaded.error().operation()) == here.error().operation());
        CHECK((fs::symlink_metadata(path, Mode::Offload).error() == fs::symlink_metadata(path).error()));
    }
    CHECK(kind_of(fs::metadata(dir / "missing", Mode::Offload)) == Kind::NotFound);
    CHECK(kind_of(fs::metadata(dir / "file/x", Mode::Offload)) == Kind::NotADirectory);
}

GREEN_TEST("an offloaded metadata call accepts a path without a terminating NUL") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abc"));
    const std::string longer = (dir / "file") + "xyz";
    CHECK(must(fs::metadata(std::string_view(longer).substr(0, longer.size() - 3), Mode::Offload)).len() == 3);
}

GREEN_TEST("tasks call metadata in both modes at the same time") {
    const test::TempDir dir;
    std::vector<green::thread::JoinHandle<bool>> handles;
    for (int number = 0; number < 64; ++number) {
        const std::string path = dir / std::to_string(number);
        must(fs::write(path, std::string(static_cast<std::size_t>(number), 'x')));
        handles.push_back(must(green::thread::spawn([path, number] {
            bool good = true;
            for (int round = 0; round < 20; ++round) {
                const auto metadata = fs::metadata(path, round % 2 == 0 ? Mode::Offload : Mode::Inline);
                good = good && metadata && metadata->len() == static_cast<std::uint64_t>(number);
            }
            return good;
        })));
    }
    int right = 0;
    for (auto& handle : handles) {
        right += std::move(handle).join() ? 1 : 0;
    }
    CHECK(right == 64);
}
