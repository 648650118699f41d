// SPDX-License-Identifier: MIT
//
// spawn WHAT: starts /bin/true twice, with the preparation WHAT in the child; strace shows the system calls. A
// getppid(2) marks the beginning of the second start, and another one its end.
#include <weld/os/linux.hpp>
#include <weld/os/unix/process.hpp>
#include <weld/process.hpp>

#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <cstdio>
#include <functional>
#include <map>
#include <string_view>

namespace os = weld::os;
using weld::process::Command;
using weld::process::Stdio;

namespace {

const std::map<std::string_view, std::function<void(Command&)>> things = {
    {"plain", [](Command&) {}},
    {"null", [](Command& command) { command.in(Stdio::null()); }},
    {"current_dir", [](Command& command) { command.current_dir("/"); }},
    {"process_group", [](Command& command) { os::process_group(command, 0); }},
    {"setsid", [](Command& command) { os::setsid(command); }},
    {"close_other_fds", [](Command& command) { os::close_other_fds(command); }},
    {"death_signal", [](Command& command) { os::death_signal(command, 9); }},
    {"map_fd", [](Command& command) { os::map_fd(os::map_fd(command, 0, 7), 1, 1); }},
    {"swap", [](Command& command) { os::map_fd(os::map_fd(command, 1, 2), 2, 1); }},
    {"uid", [](Command& command) { os::gid(os::uid(command, ::getuid()), ::getgid()); }},
    {"gid", [](Command& command) { os::gid(command, ::getgid()); }},
    {"chroot", [](Command& command) { os::chroot(command, "/"); }},
    {"search", [](Command& command) { command.env_clear().env("PATH", "/nowhere:/nowhere/else:/bin"); }},
};

}  // namespace

int main(int argc, char** argv) {
    const auto found = things.find(argc > 1 ? argv[1] : "");
    if (found == things.end()) {
        return 2;
    }
    Command command(found->first == "search" ? "true" : "/bin/true");
    found->second(command);
    for (int time = 0; time < 2; ++time) {
        ::syscall(SYS_getppid);
        const auto status = command.status();
        if (!status || !status->success()) {
            std::fprintf(stderr, "%s\n", status ? "it failed" : status.error().message().c_str());
            return 1;
        }
    }
    ::syscall(SYS_getppid);
}
