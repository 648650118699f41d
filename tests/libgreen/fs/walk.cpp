// SPDX-License-Identifier: MIT
//
// green::fs::walk: in Mode::Offload it has the items of the inline one, in the same order.
#include <support/green_io.hpp>

#include <green/fs.hpp>

#include <string>
#include <vector>

namespace fs = green::fs;
using fs::Mode;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

/// Depth and path of each item, or the kind of its error.
std::vector<std::string> items_of(const std::string& root, Mode mode) {
    std::vector<std::string> items;
    auto walk = must(fs::walk(root, mode));
    for (const auto& item : walk) {
        items.push_back((item ? std::to_string(item->depth()) : std::string(name(item.error().kind()))) + " " +
                        walk.path());
    }
    CHECK(walk.next() == nullptr);
    return items;
}

}  // namespace

GREEN_TEST("walk gives the same items in both modes") {
    const test::TempDir dir;
    std::size_t made = 1;
    for (const char* sub : {"a", "a/b", "a/b/c", "d"}) {
        must(fs::create_dir(dir / sub));
        ++made;
        for (int number = 0; number < 300; ++number) {
            must(fs::write(dir / (sub + ("/a file with a number, " + std::to_string(number))), ""));
            ++made;
        }
    }
    const auto offloaded = items_of(dir.path(), Mode::Offload);
    CHECK(offloaded.size() == made);
    CHECK(offloaded == items_of(dir.path(), Mode::Inline));
}

GREEN_TEST("walk of a file gives that file, and of a missing root it fails") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    for (const Mode mode : {Mode::Inline, Mode::Offload}) {
        CHECK(items_of(dir / "file", mode) == std::vector<std::string>{"0 " + (dir / "file")});
        const auto missing = fs::walk(dir / "missing", mode);
        CHECK(kind_of(missing) == Kind::NotFound);
        CHECK(std::string_view(missing.error().operation()) == "walk");
    }
}

GREEN_TEST("walk gives an error for a directory that is removed before it is entered, and continues") {
    const test::TempDir dir;
    for (const Mode mode : {Mode::Inline, Mode::Offload}) {
        must(fs::create_dir(dir / "gone"));
        auto walk = must(fs::walk(dir.path(), mode));
        REQUIRE(walk.next() != nullptr);
        REQUIRE(must(*walk.next()).name() == "gone");
        must(fs::remove_dir(dir / "gone"));
        const auto* item = walk.next();
        REQUIRE(item != nullptr);
        CHECK(kind_of(*item) == Kind::NotFound);
        CHECK(walk.path() == dir / "gone");
        CHECK(walk.next() == nullptr);
    }
}

GREEN_TEST("skip_subtree leaves out a subtree in both modes") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "a"));
    must(fs::write(dir / "a/file", ""));
    for (const Mode mode : {Mode::Inline, Mode::Offload}) {
        auto walk = must(fs::walk(dir.path(), mode));
        REQUIRE(walk.next() != nullptr);
        REQUIRE(must(*walk.next()).name() == "a");
        walk.skip_subtree();
        CHECK(walk.next() == nullptr);
    }
}
