// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/thread.md: a thread-local buffer.
#include <weld/print.hpp>

#include <string_view>
// [readme]
#include <weld/thread/local.hpp>

#include <string>

constinit thread_local weld::thread::Local<std::string> scratch;

/// `text` in quotes; valid until the calling thread asks again.
std::string_view quoted(std::string_view text) {
    std::string& buffer = scratch.get();  // the calling thread's, made by its first call
    return buffer.assign("\"").append(text).append("\"");
}
// [/readme]

int main() {
    weld::print(quoted("first"));
    weld::print(quoted("second"));
    weld::print("\n");
}
