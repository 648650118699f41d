// SPDX-License-Identifier: MIT
//
// cxx: stat with std::filesystem, which makes a system call for each of the three values, and iostream.

#include <chrono>
#include <filesystem>
#include <iostream>

namespace fs = std::filesystem;

static void show(const fs::path& path) {
    const auto size = fs::file_size(path);
    const auto mode = static_cast<unsigned>(fs::status(path).permissions()) & 0777u;
    const auto modified = std::chrono::file_clock::to_sys(fs::last_write_time(path));
    std::cout << size << ' ' << std::oct << mode << std::dec << ' '
              << std::chrono::floor<std::chrono::seconds>(modified).time_since_epoch().count() << ' ' << path.native()
              << '\n';
}

int main(int argc, char** argv) {
    int status = 0;
    for (int i = 1; i < argc; ++i) {
        try {
            show(argv[i]);
        } catch (const fs::filesystem_error& error) {
            std::cerr << "stat: " << error.what() << '\n';
            status = 1;
        }
    }
    return status;
}
