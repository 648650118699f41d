// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/io.md: a program's own reader between those of the library.
#include <weld/io.hpp>
#include <weld/io/copy.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/take.hpp>
#include <weld/print.hpp>

#include <cctype>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

// [readme]
/// What `R` gives, in capitals.
template <weld::Reader R>
struct Capitals {
    R reader;

    weld::Result<std::size_t> read(std::span<std::byte> target) {
        const auto count = reader.read(target);
        for (std::byte& byte : target.first(count.value_or(0))) {
            byte = static_cast<std::byte>(std::toupper(std::to_integer<int>(byte)));
        }
        return count;
    }
};

int main() {
    const std::string_view text = "plain words, and more of them";
    weld::io::Take first{weld::io::Cursor{text}, 11};
    weld::io::Cursor target{std::string()};  // a writer, which grows
    const auto count = weld::io::copy(Capitals{std::move(first)}, target);
    weld::print(std::move(target).into_bytes() + "\n");
    return count == 11U ? 0 : 1;
}
// [/readme]
