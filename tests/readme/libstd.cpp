// SPDX-License-Identifier: MIT
//
// Example of libstd/README.md.
// [readme]
#include <weld/fs.hpp>
#include <weld/print.hpp>

std::string hosts() {
    auto text = weld::fs::read_to_string("/etc/hosts");
    if (!text) {
        weld::eprint(text.error().at("/etc/hosts").message());  // open /etc/hosts: Permission denied (EACCES)
    }
    return text.value_or("");
}
// [/readme]

int main() { return hosts().size() < 1'000'000 ? 0 : 1; }
