// SPDX-License-Identifier: MIT
//
// cxx: cat with iostream.

#include <cerrno>
#include <fstream>
#include <iostream>
#include <system_error>
#include <vector>

static int complain(const char* what) {
    std::cerr << "cat: " << what << ": " << std::generic_category().message(errno) << '\n';
    return 1;
}

static int copy(std::istream& from, const char* name) {
    std::vector<char> buffer(32 * 1024);
    while (from) {
        from.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        if (!std::cout.write(buffer.data(), from.gcount())) {
            return complain("standard output");
        }
    }
    return from.bad() ? complain(name) : 0;
}

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    int status = argc < 2 ? copy(std::cin, "standard input") : 0;
    for (int i = 1; i < argc; ++i) {
        std::ifstream file(argv[i], std::ios::binary);
        status |= file ? copy(file, argv[i]) : complain(argv[i]);
    }
    return std::cout.flush() ? status : complain("standard output");
}
