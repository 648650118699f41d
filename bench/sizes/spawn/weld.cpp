// SPDX-License-Identifier: MIT
//
// weld: spawn by weld::process.

#include <weld/print.hpp>
#include <weld/process.hpp>

#include <string>

int main(int argc, char** argv) {
    const char* const program = argc > 1 ? argv[1] : "/bin/true";
    const auto status = weld::process::Command(program).status();
    if (!status) {
        weld::eprint(std::string("spawn: ").append(status.error().at(program).message()).append("\n"));
        return 1;
    }
    weld::print(std::string("exit ").append(std::to_string(status->code().value_or(-1))).append("\n"));
    return 0;
}
