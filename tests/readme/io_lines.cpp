// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/io.md: lines in, numbered lines out.
#include <weld/io.hpp>
#include <weld/io/buf_reader.hpp>
#include <weld/io/buf_writer.hpp>
#include <weld/io/lines.hpp>
#include <weld/io/stdio.hpp>
#include <weld/print.hpp>

#include <span>
#include <string>
#include <utility>

// [readme]
weld::Result<void> number_lines() {
    weld::io::BufReader input{weld::io::Stdin()};
    weld::io::BufWriter output{weld::io::StdoutRaw()};
    std::size_t number = 0;
    for (const auto& line : weld::io::lines(input)) {  // each a view into the reader's buffer
        if (!line) {
            return std::unexpected(line.error());
        }
        const std::string text = std::to_string(++number).append("\t").append(*line).append("\n");
        if (const auto written = weld::write_all(output, text); !written) {
            return std::unexpected(written.error());
        }
    }
    return std::move(output).close();  // writes the rest, and says whether all went out
}
// [/readme]

int main() {
    const auto done = number_lines();
    if (!done && done.error() != weld::Kind::BrokenPipe) {  // who reads has seen enough: an error, no signal
        weld::eprint(done.error().message() + "\n");
        return 1;
    }
}
