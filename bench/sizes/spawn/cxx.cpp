// SPDX-License-Identifier: MIT
//
// cxx: spawn by posix_spawn(3), since the C++ standard library starts no programs, with iostream.

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <iostream>
#include <string>
#include <system_error>

static int status_of(std::string program) {
    char* child[] = {program.data(), nullptr};
    pid_t pid;
    if (const int failed = posix_spawnp(&pid, child[0], nullptr, nullptr, child, environ); failed != 0) {
        throw std::system_error(failed, std::generic_category(), program);
    }
    int status = 0;
    if (waitpid(pid, &status, 0) != pid) {
        throw std::system_error(errno, std::generic_category(), program);
    }
    return WEXITSTATUS(status);
}

int main(int argc, char** argv) {
    try {
        const int status = status_of(argc > 1 ? argv[1] : "/bin/true");
        std::cout << "exit " << status << '\n';
        return 0;
    } catch (const std::system_error& error) {
        std::cerr << "spawn: " << error.what() << '\n';
        return 1;
    }
}
