// SPDX-License-Identifier: MIT
//
// syscalls OPERATION DIRECTORY: does one operation four times, with a getppid(2) before each and after the last.
//
// The first one may make the allocator ask for memory; the tests read the other three.
#include <weld/fs.hpp>

#include <unistd.h>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

namespace {

namespace fs = weld::fs;

bool look_up(const std::string& directory) { return fs::symlink_metadata(directory + "/file").has_value(); }

bool open_read_close(const std::string& directory) {
    auto file = fs::File::open(directory + "/file");
    std::array<std::byte, 16> buffer;
    return file && file->read(buffer) && std::move(*file).close();
}

bool read_to_string(const std::string& directory) { return fs::read_to_string(directory + "/file").has_value(); }

bool write(const std::string& directory) { return fs::write(directory + "/written", "text").has_value(); }

bool read_dir(const std::string& directory) {
    auto entries = fs::read_dir(directory);
    if (!entries) {
        return false;
    }
    for (const auto& entry : *entries) {
        if (!entry || !entry->file_type()) {
            return false;
        }
    }
    return true;
}

bool walk(const std::string& directory) {
    auto items = fs::walk(directory);
    if (!items) {
        return false;
    }
    for (const auto& item : *items) {
        if (!item || !item->metadata()) {
            return false;
        }
    }
    return true;
}

struct Operation {
    std::string_view name;
    bool (*run)(const std::string& directory);
};

constexpr std::array operations = {
    Operation{"symlink_metadata", look_up},
    Operation{"open_read_close", open_read_close},
    Operation{"read_to_string", read_to_string},
    Operation{"write", write},
    Operation{"read_dir", read_dir},
    Operation{"walk", walk},
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        return 2;
    }
    for (const Operation& operation : operations) {
        if (operation.name == argv[1]) {
            const std::string directory = argv[2];
            for (int i = 0; i < 4; ++i) {
                ::getppid();
                if (!operation.run(directory)) {
                    return 1;
                }
            }
            ::getppid();
            return 0;
        }
    }
    return 2;
}
