// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/process.md: a child with one more file descriptor.
#include <weld/print.hpp>

#include <string>
#include <string_view>
#include <utility>
// [readme]
#include <weld/io.hpp>
#include <weld/io/pipe.hpp>
#include <weld/os/unix/process.hpp>

/// What `script` writes to its descriptor 3. Apart from the standard streams it gets no other descriptor of ours.
weld::Result<std::string> third_stream(std::string_view script) {
    auto pipe = weld::io::pipe();
    if (!pipe) {
        return std::unexpected(pipe.error());
    }
    {
        weld::process::Command shell("/bin/sh");
        shell.arg("-c").arg(script);
        weld::os::map_fd(shell, std::move(pipe->writer), 3);
        weld::os::close_other_fds(shell);
        if (const auto status = shell.status(); !status) {
            return std::unexpected(status.error());
        }
    }  // the Command owns the writing end and closes it here
    std::string text;
    const auto count = weld::read_to_string(pipe->reader, text);
    return count ? weld::Result<std::string>(text) : std::unexpected(count.error());
}
// [/readme]

int main() {
    const auto text = third_stream("echo to the third >&3; ls /proc/self/fd >/dev/null");
    weld::print(text.value_or("nothing\n"));
    return text ? 0 : 1;
}
