// SPDX-License-Identifier: MIT
//
// green::fs::read_dir: in Mode::Offload it has the entries of the inline one.
#include <support/green_io.hpp>

#include <green/fs.hpp>

#include <set>
#include <string>
#include <utility>

namespace fs = green::fs;
using fs::Mode;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

std::set<std::string> names_of(fs::ReadDir entries) {
    std::set<std::string> names;
    for (const auto& entry : entries) {
        CHECK(names.emplace(must(entry).name()).second);
    }
    CHECK(entries.next() == nullptr);
    return names;
}

}  // namespace

GREEN_TEST("read_dir gives each entry once in both modes when there are more than a buffer holds") {
    const test::TempDir dir;
    std::set<std::string> expected;
    for (int number = 0; number < 1500; ++number) {
        const std::string name = "a name that is not short at all, number " + std::to_string(number);
        must(fs::write(dir / name, ""));
        expected.insert(name);
    }
    CHECK(names_of(must(fs::read_dir(dir.path(), Mode::Offload))) == expected);
    CHECK(names_of(must(fs::read_dir(dir.path()))) == expected);
}

GREEN_TEST("an entry of an offloaded read_dir has its type, path and metadata") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abc"));
    auto entries = must(fs::read_dir(dir.path(), Mode::Offload));
    const auto* entry = entries.next();
    REQUIRE(entry != nullptr);
    CHECK(must(must(*entry).file_type()) == fs::FileType::File);
    CHECK(must(*entry).path() == dir / "file");
    CHECK(must(must(*entry).metadata()).len() == 3);
    CHECK(entries.next() == nullptr);
}

GREEN_TEST("read_dir of an empty directory has no entries, and it fails on a missing directory and on a file") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    must(fs::create_dir(dir / "empty"));
    for (const Mode mode : {Mode::Inline, Mode::Offload}) {
        CHECK(names_of(must(fs::read_dir(dir / "empty", mode))).empty());
        CHECK(kind_of(fs::read_dir(dir / "missing", mode)) == Kind::NotFound);
        const auto none = fs::read_dir(dir / "file", mode);
        CHECK(kind_of(none) == Kind::NotADirectory);
        CHECK(std::string_view(none.error().operation()) == "read_dir");
    }
}

GREEN_TEST("other tasks run while tasks read directories offloaded") {
    const test::TempDir dir;
    for (int number = 0; number < 100; ++number) {
        must(fs::write(dir / std::to_string(number), ""));
    }
    std::vector<green::thread::JoinHandle<int>> handles;
    for (int reader = 0; reader < 16; ++reader) {
        handles.push_back(must(green::thread::spawn([&path = dir.path()] {
            int count = 0;
            if (auto entries = fs::read_dir(path, Mode::Offload)) {
                for (const auto& entry : *entries) {
                    count += entry ? 1 : 0;
                    green::thread::yield_now();
                }
            }
            return count;
        })));
    }
    for (auto& handle : handles) {
        CHECK(std::move(handle).join() == 100);
    }
}
