// SPDX-License-Identifier: MIT
//
// weld: cat with weld::fs and weld::io.

#include <weld/fs.hpp>
#include <weld/io/copy.hpp>
#include <weld/io/stdio.hpp>
#include <weld/print.hpp>

static int complain(const weld::Error& error, const char* what) {
    weld::eprint("cat: " + error.at(what).message() + "\n");
    return 1;
}

template <class R>
static int copy(const R& from, const char* name) {
    const auto copied = weld::io::copy(from, weld::io::StdoutRaw());
    return copied ? 0 : complain(copied.error().error, name);
}

int main(int argc, char** argv) {
    int status = argc < 2 ? copy(weld::io::Stdin(), "standard input") : 0;
    for (int i = 1; i < argc; ++i) {
        const auto file = weld::fs::File::open(argv[i]);
        status |= file ? copy(*file, argv[i]) : complain(file.error(), argv[i]);
    }
    return status;
}
