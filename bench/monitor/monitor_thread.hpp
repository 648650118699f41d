// SPDX-License-Identifier: MIT
//
// MonitorThread: the processor time of the thread with which a runtime watches its tasks, from /proc/self/task.
//
// The thread is found by its name. Without such a thread or without /proc the contender cannot run.
#pragma once

#include <dirent.h>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <string>

#include "contender.h"

class MonitorThread {
public:
    MonitorThread() : path_(find()) {}

    /// Processor time so far.
    [[nodiscard]] std::uint64_t cpu_ns() const {
        std::uint64_t value = 0;
        if (!(std::ifstream(path_ + "/schedstat") >> value)) {
            contender_unable("schedstat of the monitor");
        }
        return value;
    }

    /// How often it has gone to sleep so far; all sleeps but the last have ended in a wake-up.
    [[nodiscard]] std::uint64_t sleeps() const {
        std::ifstream status(path_ + "/status");
        std::uint64_t value = 0;
        for (std::string word; status >> word;) {
            if (word == "voluntary_ctxt_switches:" && status >> value) {
                return value;
            }
        }
        contender_unable("status of the monitor");
        return value;
    }

private:
    static std::string find() {
        const std::string tasks = "/proc/self/task/";
        DIR* directory = opendir(tasks.c_str());
        if (directory == nullptr) {
            contender_unable(tasks.c_str());
        }
        std::string found;
        while (const dirent* entry = readdir(directory)) {
            std::string name;
            if (std::getline(std::ifstream(tasks + entry->d_name + "/comm"), name) && name == "green-monitor") {
                found = tasks + entry->d_name;
            }
        }
        closedir(directory);
        if (found.empty()) {
            errno = ESRCH;
            contender_unable("green-monitor");
        }
        return found;
    }

    std::string path_;
};
