// SPDX-License-Identifier: MIT
//
// The program that README.md shows.
// [readme]
#include <weld/fmt.hpp>
#include <weld/fs.hpp>

int main(int argc, char** argv) {
    const char* root = argc > 1 ? argv[1] : ".";
    auto walk = weld::fs::walk(root);
    if (!walk) {
        fmt::print(stderr, "{}\n", walk.error().at(root));  // walk /nowhere: No such file or directory (ENOENT)
        return 1;
    }
    std::uint64_t bytes = 0;
    for (const auto& item : *walk) {  // an entry that cannot be read is an error item; the walk continues
        const auto metadata = item ? item->metadata() : std::unexpected(item.error());
        if (metadata) {
            bytes += metadata->len();
        } else {
            fmt::print(stderr, "{}\n", metadata.error().at(walk->path()));
        }
    }
    fmt::print("{} bytes\n", bytes);
}
// [/readme]
