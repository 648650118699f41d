// SPDX-License-Identifier: MIT
//
// File: down to its handle and back. The rest is in tests/conformance.
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <utility>

namespace fs = weld::fs;
using fs::File;
using test::bytes;
using test::must;

static_assert(sizeof(File) == sizeof(int));

TEST_CASE("a file goes down to a handle and comes back") {
    const test::TempDir dir;
    File file = must(File::create(dir / "file"));
    must(file.write(bytes("ab")));
    const int fd = file.as_handle().raw();
    const File again = File::from_handle(std::move(file).into_handle());
    CHECK(again.as_handle().raw() == fd);
    must(again.write(bytes("cd")));
    CHECK(must(fs::read_to_string(dir / "file")) == "abcd");
}
