// SPDX-License-Identifier: MIT
//
// Calls that do not block, or that block where they may.
#include "calls.hpp"
#include "cases.hpp"

#include <green/blocking.hpp>
#include <green/thread.hpp>

#include <netdb.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/select.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace {

char buffer[64];

/// A task that parks.
bool rests() { return green::thread::sleep(std::chrono::milliseconds(5)).has_value(); }

constexpr Case cases[] = {
    {"nonblocking read", "", "", [] { return ::read(Pipe("word", O_NONBLOCK).out, buffer, 64) == 4; }},
    {"nonblocking read of nothing", "", "",
     [] { return ::read(Pipe("", O_NONBLOCK).out, buffer, 64) == -1 && errno == EAGAIN; }},
    {"read of no descriptor", "", "", [] { return ::read(-1, buffer, 64) == -1 && errno == EBADF; }},
    {"nonblocking write", "", "", [] { return ::write(Pipe("", O_NONBLOCK).in, "word", 4) == 4; }},
    {"MSG_DONTWAIT", "", "", [] { return ::recv(Sockets().out, buffer, 64, MSG_DONTWAIT) == -1 && errno == EAGAIN; }},
    {"the memory devices", "", "",
     [] { return ::read(Descriptor(::open("/dev/zero", O_RDWR)), buffer, 64) == 64 && buffer[0] == 0; }},
    {"an event", "", "",
     [] {
         const std::uint64_t count = 1;
         return ::write(Descriptor(::eventfd(0, 0)), &count, sizeof count) == sizeof count;
     }},
    {"opening", "", "", [] { return Descriptor(::open("/dev/null", O_RDONLY)) > 0; }},
    {"opening what is not there", "", "", [] { return ::open("/dev/none", O_RDONLY) == -1 && errno == ENOENT; }},
    {"opening with a mode", "", "",
     [] {
         struct ::stat made{};
         const Descriptor file(opened_file());
         return ::fstat(file, &made) == 0 && (made.st_mode & 0777) == 0600;
     }},
    {"LOCK_NB", "", "", [] { return ::flock(Descriptor(opened_file()), LOCK_EX | LOCK_NB) == 0; }},
    {"F_GETFL", "", "", [] { return (::fcntl(Pipe().out, F_GETFL) & O_ACCMODE) == O_RDONLY; }},
    {"poll that looks", "", "", [] { return ::poll(nullptr, 0, 0) == 0; }},
    {"select that looks", "", "",
     [] {
         timeval timeout{};
         return ::select(0, nullptr, nullptr, nullptr, &timeout) == 0;
     }},
    {"epoll_wait that looks", "", "",
     [] {
         epoll_event event{};
         return ::epoll_wait(Descriptor(::epoll_create1(0)), &event, 1, 0) == 0;
     }},
    {"a sleep of no time", "", "", [] { return ::nanosleep(&no_time, nullptr) == 0; }},
    {"WNOHANG", "", "", [] { return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }},
    {"a mutex that is free", "", "",
     [] {
         std::mutex mutex;
         const std::lock_guard lock(mutex);
         return true;
     }},
    {"a lock that is free", "", "",
     [] {
         pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
         return ::pthread_rwlock_rdlock(&lock) == 0 && ::pthread_rwlock_unlock(&lock) == 0 &&
                ::pthread_rwlock_wrlock(&lock) == 0 && ::pthread_rwlock_unlock(&lock) == 0;
     }},
    {"a semaphore that was posted", "", "",
     [] {
         sem_t semaphore{};
         return ::sem_post(&semaphore) == 0 && ::sem_wait(&semaphore) == 0;
     }},
    {"an address in numbers", "", "",
     [] {
         addrinfo hints{};
         hints.ai_flags = AI_NUMERICHOST;
         addrinfo* found = nullptr;
         const bool right = ::getaddrinfo("127.0.0.1", nullptr, &hints, &found) == 0;
         ::freeaddrinfo(found);
         return right;
     }},
    {"parking, yielding, joining", "", "",
     [] {
         green::thread::yield_now();
         auto other = green::thread::spawn(&rests);
         const bool right = rests() && other.has_value() && std::move(*other).join();
         set_errno(0);  // parking may leave another one
         return right;
     }},
    {"declared", "", "",
     [] {
         const bool right = green::blocking([] { return ::read(Pipe("word").out, buffer, 64) == 4; });
         set_errno(0);  // parking may leave another one
         return right;
     }},
};

}  // namespace

const std::span<const Case> quiet_cases = cases;
