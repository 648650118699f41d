// SPDX-License-Identifier: MIT
//
// Sparse files: a copy has holes where its source has them.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/os/unix.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace fs = weld::fs;
namespace os = weld::os;
using test::must;

namespace {

constexpr std::uint64_t length = std::uint64_t{1} << 30;

/// Creates a file of a GiB that holds "data" at each of `offsets` and holes between; returns whether it is sparse.
bool make_sparse(const std::string& path, const std::vector<std::uint64_t>& offsets) {
    const fs::File file = must(fs::File::create(path));
    must(file.set_len(length));
    for (const std::uint64_t offset : offsets) {
        must(file.write_at(test::bytes("data"), offset));
    }
    return os::blocks(must(file.metadata())) < length / 512 / 2;
}

/// Checks that `path` has the length, the storage and the data of `source`.
void check_same(const std::string& path, const std::string& source, const std::vector<std::uint64_t>& offsets) {
    const fs::File file = must(fs::File::open(path));
    CHECK(must(file.metadata()).len() == length);
    CHECK(os::blocks(must(file.metadata())) <= os::blocks(must(fs::metadata(source))));
    std::uint64_t found = 0;
    for (auto at = must(file.seek_data(0)); at; at = must(file.seek_data(must(file.seek_hole(*at)).value()))) {
        ++found;
    }
    CHECK(found <= offsets.size());
    for (const std::uint64_t offset : offsets) {
        std::array<std::byte, 4> buffer;
        CHECK(test::text(buffer, must(file.read_at(buffer, offset))) == "data");
    }
}

}  // namespace

TEST_CASE("copy keeps holes at the start, in the middle, at the end, and of a file that is one hole") {
    const test::TempDir dir(test::memory_directory());
    const std::vector<std::vector<std::uint64_t>> shapes = {
        {0}, {length / 2}, {length - 4}, {0, length / 3, length - 4}, {}};
    for (const auto& offsets : shapes) {
        INFO(offsets.size());
        must(fs::create_dir(dir / "tree"));
        if (!make_sparse(dir / "tree/from", offsets)) {
            WARN("no holes here: skipped");
            return;
        }
        CHECK(must(fs::copy(dir / "tree/from", dir / "to")) == length);
        check_same(dir / "to", dir / "tree/from", offsets);
        must(fs::copy_tree(dir / "tree", dir / "copied"));
        check_same(dir / "copied/from", dir / "tree/from", offsets);
        must(fs::remove_dir_all(dir / "copied"));
        must(fs::remove_dir_all(dir / "tree"));
    }
}

TEST_CASE("a hole that is copied over old contents reads as zeros") {
    const test::TempDir dir(test::memory_directory());
    if (!make_sparse(dir / "from", {length / 2})) {
        WARN("no holes here: skipped");
        return;
    }
    must(fs::write(dir / "to", std::string(100'000, 'x')));
    CHECK(must(fs::copy(dir / "from", dir / "to")) == length);
    check_same(dir / "to", dir / "from", {length / 2});
    std::array<std::byte, 8> buffer;
    CHECK(must(must(fs::File::open(dir / "to")).read_at(buffer, 1000)) == 8);
    CHECK(test::text(buffer) == std::string_view("\0\0\0\0\0\0\0\0", 8));
}

TEST_CASE("a sparse file is copied byte by byte to a target that is no regular file") {
    const test::TempDir dir(test::memory_directory());
    const fs::File file = must(fs::File::create(dir / "from"));
    must(file.set_len(100'000));
    CHECK(must(fs::copy(dir / "from", "/dev/null")) == 100'000);
}
