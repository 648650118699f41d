// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/error.md: a program's own error, and an error with the count of bytes before it.
// [readme]
#include <weld/io.hpp>
#include <weld/io/cursor.hpp>
#include <weld/print.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

/// Reads one record: its length, a byte, and so many bytes. InvalidData where that is no length of any record.
template <weld::Reader R>
weld::Result<std::size_t> read_record(R&& reader, std::span<std::byte> target) {
    std::array<std::byte, 1> length;
    if (const auto done = weld::read_exact(reader, length); !done) {
        return std::unexpected(done.error());  // a Transfer: as an Error, it leaves out how far it came
    }
    const auto size = std::to_integer<std::size_t>(length[0]);
    if (size == 0 || size > target.size()) {
        return std::unexpected(weld::Error("read_record", weld::Fault::InvalidData));
    }
    const auto done = weld::read_exact(reader, target.first(size));
    return done ? weld::Result<std::size_t>(size) : std::unexpected(done.error());
}

int main() {
    using namespace std::literals;
    std::array<std::byte, 8> record;
    for (const std::string_view input : {"\3xyz"sv, "\3xy"sv, "\377"sv}) {
        const auto size = read_record(weld::io::Cursor{input}, record);
        weld::print(size ? "a record\n" : size.error().message() + "\n");
    }
}
// [/readme]
