// SPDX-License-Identifier: MIT
//
// PathRef: the types that it borrows, and the result of each function for a path that is empty, too long, cut out of a
// longer text, or has a NUL inside.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/path.hpp>

#include <array>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace fs = weld::fs;
using test::must;
using weld::Kind;
using weld::PathRef;
using weld::Result;

static_assert(!std::is_constructible_v<PathRef, std::nullptr_t>);
static_assert(std::is_convertible_v<const char*, PathRef> && std::is_convertible_v<char*, PathRef>);
static_assert(std::is_convertible_v<const char (&)[5], PathRef>);
static_assert(std::is_convertible_v<const std::string&, PathRef> && std::is_convertible_v<std::string_view, PathRef>);
static_assert(std::is_convertible_v<const std::filesystem::path&, PathRef>);
static_assert(!std::is_convertible_v<const std::wstring&, PathRef> && !std::is_convertible_v<int, PathRef>);
static_assert(sizeof(PathRef) == 2 * sizeof(void*) && std::is_trivially_copyable_v<PathRef>);

namespace {

/// A string type of a user, unknown to weld.
class Text {
public:
    explicit Text(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const char* c_str() const noexcept { return text_.c_str(); }
    [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }

private:
    std::string text_;
};

Result<void> without_value(const auto& result) {
    if (!result) {
        return std::unexpected(result.error());
    }
    return {};
}

/// The same, without a length.
class Unmeasured {
public:
    explicit Unmeasured(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const char* c_str() const noexcept { return text_.c_str(); }

private:
    std::string text_;
};

/// A function that takes a path, and where it takes two, a file called `other`.
struct Function {
    const char* name;
    Result<void> (*call)(PathRef path, const std::string& other);
};

/// Every function that takes a path.
constexpr std::array functions = std::to_array<Function>({
    {"File::open", [](PathRef path, const std::string&) { return without_value(fs::File::open(path)); }},
    {"File::open with options",
     [](PathRef path, const std::string&) {
         return without_value(fs::File::open(path, {.append = true, .create = true}));
     }},
    {"File::create", [](PathRef path, const std::string&) { return without_value(fs::File::create(path)); }},
    {"File::create_new", [](PathRef path, const std::string&) { return without_value(fs::File::create_new(path)); }},
    {"metadata", [](PathRef path, const std::string&) { return without_value(fs::metadata(path)); }},
    {"symlink_metadata", [](PathRef path, const std::string&) { return without_value(fs::symlink_metadata(path)); }},
    {"read", [](PathRef path, const std::string&) { return without_value(fs::read(path)); }},
    {"read_to_string", [](PathRef path, const std::string&) { return without_value(fs::read_to_string(path)); }},
    {"write", [](PathRef path, const std::string&) { return fs::write(path, "text"); }},
    {"create_dir", [](PathRef path, const std::string&) { return fs::create_dir(path); }},
    {"remove_file", [](PathRef path, const std::string&) { return fs::remove_file(path); }},
    {"remove_dir", [](PathRef path, const std::string&) { return fs::remove_dir(path); }},
    {"rename from", [](PathRef path, const std::string& other) { return fs::rename(path, other); }},
    {"rename to", [](PathRef path, const std::string& other) { return fs::rename(other, path); }},
    {"read_dir", [](PathRef path, const std::string&) { return without_value(fs::read_dir(path)); }},
    {"walk", [](PathRef path, const std::string&) { return without_value(fs::walk(path)); }},
});

/// `dir`, then as many slashes as make `dir` + slashes + "file" `size` bytes long.
std::string padded(const std::string& dir, std::size_t size) {
    return dir + std::string(size - dir.size() - 4, '/') + "file";
}

}  // namespace

TEST_CASE("a PathRef borrows from every kind of string") {
    const std::string owner = "owner";
    const std::filesystem::path path = "path";
    const Text text("text");
    CHECK(PathRef("literal").view() == "literal");
    CHECK(PathRef(owner).view() == "owner");
    CHECK(PathRef(owner).data() == owner.data());
    CHECK(PathRef(path).view() == "path");
    CHECK(PathRef(path).data() == path.c_str());
    CHECK(PathRef(text).view() == "text");
    CHECK(PathRef(text).data() == text.c_str());
    CHECK(PathRef(std::string_view(owner).substr(1, 2)).view() == "wn");
}

TEST_CASE("a PathRef knows its length and whether a NUL follows") {
    const std::string owner = "owner";
    CHECK(PathRef("literal").is_terminated());
    CHECK_FALSE(PathRef("literal").knows_size());
    CHECK(PathRef(owner).is_terminated());
    CHECK(PathRef(owner).knows_size());
    CHECK_FALSE(PathRef(std::string_view(owner)).is_terminated());
    CHECK(PathRef(std::string_view(owner)).knows_size());
    CHECK(PathRef(std::string("a\0b", 3)).view().size() == 3);
    CHECK(PathRef(weld::sys::CStr("text")).is_terminated());
    CHECK_FALSE(PathRef(weld::sys::CStr("text")).knows_size());
    CHECK(PathRef(weld::sys::CStr("text")).view() == "text");
    static_assert(PathRef("constant").view() == "constant");
}

TEST_CASE("a file is found by every kind of path") {
    const test::TempDir dir;
    const std::string name = dir / "file";
    must(fs::write(name, "x"));
    const std::string longer = name + "/../and/more";
    CHECK(fs::metadata(name));
    CHECK(fs::metadata(name.c_str()));
    CHECK(fs::metadata(std::string_view(longer).substr(0, name.size())));
    CHECK(fs::metadata(std::filesystem::path(name)));
    CHECK(fs::metadata(Text(name)));
    CHECK(fs::metadata(Unmeasured(name)));
    CHECK(fs::metadata(weld::sys::CStr(name.c_str())));
    CHECK_FALSE(fs::metadata(longer));
}

TEST_CASE("a string_view into a longer text ends at its own end") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "a"));
    const std::string text = "junk" + (dir / "a") + "bc";
    const std::string_view view = std::string_view(text).substr(4, (dir / "a").size());
    CHECK(must(fs::metadata(view)).is_dir());
    must(fs::write(std::string_view(text).substr(4, (dir / "a").size() + 1), "made"));
    CHECK(must(fs::read_to_string(dir / "ab")) == "made");
    CHECK_FALSE(std::filesystem::exists(dir / "abc"));
    must(fs::rename(std::string_view(text).substr(4, (dir / "a").size() + 1), std::string_view(text).substr(4)));
    CHECK(must(fs::read_to_string(dir / "abc")) == "made");
}

TEST_CASE("a NUL inside a path is refused, and nothing is created or removed") {
    const test::TempDir dir;
    const std::string other = dir / "other";
    must(fs::write(other, "kept"));
    must(fs::write(dir / "file", "kept"));
    must(fs::create_dir(dir / "dir"));
    for (const char* stem : {"file", "dir", "new"}) {
        const std::string path = dir / std::string_view((std::string(stem) + std::string("\0x", 2)));
        for (const Function& function : functions) {
            INFO(function.name << " " << stem);
            const auto by_string = function.call(path, other);
            const auto by_view = function.call(std::string_view(path), other);
            const auto by_path = function.call(std::filesystem::path(path), other);
            const auto by_text = function.call(Text(path), other);
            for (const auto& result : {by_string, by_view, by_path, by_text}) {
                REQUIRE_FALSE(result.has_value());
                CHECK(result.error() == Kind::InvalidInput);
                CHECK(result.error() == weld::Error("", weld::Fault::NulInPath));
            }
        }
    }
    CHECK(test::kind_of(fs::metadata(std::string("\0", 1))) == Kind::InvalidInput);
    CHECK(test::kind_of(fs::metadata((dir / "file") + std::string("\0", 1))) == Kind::InvalidInput);
    CHECK(must(fs::read_to_string(dir / "file")) == "kept");
    CHECK(must(fs::metadata(dir / "dir")).is_dir());
    CHECK_FALSE(std::filesystem::exists(dir / "new"));
    CHECK(must(fs::read_to_string(other)) == "kept");
}

TEST_CASE("an empty path is NotFound") {
    const test::TempDir dir;
    const std::string other = dir / "other";
    must(fs::write(other, "kept"));
    for (const Function& function : functions) {
        INFO(function.name);
        CHECK(test::kind_of(function.call("", other)) == Kind::NotFound);
        CHECK(test::kind_of(function.call(std::string(), other)) == Kind::NotFound);
        CHECK(test::kind_of(function.call(std::string_view(""), other)) == Kind::NotFound);
        CHECK(test::kind_of(function.call(std::string_view(), other)) == Kind::NotFound);
        CHECK(test::kind_of(function.call(std::filesystem::path(), other)) == Kind::NotFound);
    }
}

TEST_CASE("a name of more than 255 bytes is InvalidFilename") {
    const test::TempDir dir;
    const std::string longest = dir / std::string(255, 'n');
    const std::string too_long = dir / std::string(256, 'n');
    const std::string other = dir / "other";
    must(fs::write(other, "kept"));
    must(fs::write(longest, "x"));
    CHECK(must(fs::metadata(std::string_view(longest))).len() == 1);
    for (const Function& function : functions) {
        INFO(function.name);
        CHECK(test::kind_of(function.call(too_long, other)) == Kind::InvalidFilename);
        CHECK(test::kind_of(function.call(too_long.c_str(), other)) == Kind::InvalidFilename);
        CHECK(test::kind_of(function.call(std::string_view(too_long), other)) == Kind::InvalidFilename);
    }
}

TEST_CASE("a path of 5000 bytes is InvalidFilename, never cut") {
    const test::TempDir dir;
    const std::string other = dir / "other";
    must(fs::write(other, "kept"));
    must(fs::write(dir / "file", "kept"));
    // Cut anywhere, this path would name the directory.
    const std::string path = dir.path() + std::string(5000, '/') + "file";
    for (const Function& function : functions) {
        INFO(function.name);
        CHECK(test::kind_of(function.call(path, other)) == Kind::InvalidFilename);
        CHECK(test::kind_of(function.call(path.c_str(), other)) == Kind::InvalidFilename);
        CHECK(test::kind_of(function.call(std::string_view(path), other)) == Kind::InvalidFilename);
    }
    CHECK(must(fs::read_to_string(dir / "file")) == "kept");
}

TEST_CASE("the longest path is the same for every kind of path") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "kept"));
    const std::string fits = padded(dir.path(), 4095);
    CHECK(must(fs::read_to_string(fits)) == "kept");
    CHECK(must(fs::read_to_string(fits.c_str())) == "kept");
    CHECK(must(fs::read_to_string(std::string_view(fits))) == "kept");
    for (const std::size_t size : {std::size_t{4096}, std::size_t{4097}, std::size_t{8191}}) {
        const std::string too_long = padded(dir.path(), size);
        INFO(size);
        CHECK(test::kind_of(fs::read_to_string(too_long)) == Kind::InvalidFilename);
        CHECK(test::kind_of(fs::read_to_string(too_long.c_str())) == Kind::InvalidFilename);
        CHECK(test::kind_of(fs::read_to_string(std::string_view(too_long))) == Kind::InvalidFilename);
    }
}

TEST_CASE("bytes that are no valid text name a file like any others") {
    const test::TempDir dir;
    const std::string path = dir / "\xff\xfe\x80 \n\t*";
    must(fs::write(path, "x"));
    CHECK(must(fs::read_to_string(std::string_view(path))) == "x");
    CHECK(std::filesystem::exists(path));
}
