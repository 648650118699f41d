// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/io.md: a pipe between two threads, and its rest after one end has closed.
#include <weld/io.hpp>
#include <weld/io/pipe.hpp>
#include <weld/print.hpp>
#include <weld/thread.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>

// [readme]
/// What another thread says, which is `words`.
weld::Result<std::string> hear(std::string_view words) {
    auto pipe = weld::io::pipe();
    if (!pipe) {
        return std::unexpected(pipe.error());
    }
    auto speaker = weld::thread::spawn([end = std::move(pipe->writer), words] {
        return weld::write_all(end, words);
    });  // the end closes with the closure, and so the reader comes to its end
    if (!speaker) {
        return std::unexpected(speaker.error());
    }
    std::string heard;
    const auto count = weld::read_to_string(pipe->reader, heard);
    const auto said = std::move(*speaker).join();
    return said && count ? weld::Result<std::string>(heard) : std::unexpected(count ? said.error() : count.error());
}
// [/readme]

int main() {
    constexpr std::string_view words = "what was said\n";
    weld::print(hear(words).value_or("nothing\n"));

    auto pipe = weld::io::pipe();
    if (!pipe || !std::move(pipe->reader).close()) {
        return 1;
    }
    const auto refused = pipe->writer.write(std::as_bytes(std::span(words)));
    return !refused && refused.error() == weld::Kind::BrokenPipe ? 0 : 1;
}
