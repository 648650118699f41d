// SPDX-License-Identifier: MIT
//
// Calls that wait for other threads, and calls in which the C library waits.
#include "calls.hpp"
#include "cases.hpp"

#include <linux/futex.h>
#include <netdb.h>
#include <semaphore.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

namespace {

char buffer[64];

/// Locked by the calling thread, which gets an error when it locks it again.
struct Held {
    Held() {
        pthread_mutexattr_t attributes;
        ::pthread_mutexattr_init(&attributes);
        ::pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
        ::pthread_mutex_init(&mutex, &attributes);
        ::pthread_mutex_lock(&mutex);
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() {
        ::pthread_mutex_unlock(&mutex);
        ::pthread_mutex_destroy(&mutex);
    }
    pthread_mutex_t* get() { return &mutex; }
    pthread_mutex_t mutex{};
};

/// A pipe to read from, as a FILE.
struct Stream {
    explicit Stream(const char* text) : pipe(text), file(::fdopen(::dup(pipe.out), "r")) {}
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() { (void)std::fclose(file); }
    Pipe pipe;
    std::FILE* file;
};

template <class Call>
bool with_write_lock(Call call) {
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    ::pthread_rwlock_wrlock(&lock);
    const bool right = call(&lock);
    ::pthread_rwlock_unlock(&lock);
    return right;
}

constexpr Case cases[] = {
    {"pthread_mutex_lock", "pthread_mutex_lock", "", [] { return ::pthread_mutex_lock(Held().get()) == EDEADLK; }},
    {"pthread_mutex_timedlock", "pthread_mutex_timedlock", "",
     [] { return ::pthread_mutex_timedlock(Held().get(), &passed) == EDEADLK; }},
    {"std_mutex", "pthread_mutex_lock", "",
     [] {
         static std::mutex mutex;
         static std::atomic<bool> is_held{false};
         std::thread([asleep = until_asleep()] {
             const std::lock_guard held(mutex);
             is_held = true;
             asleep();
         }).detach();
         while (!is_held) {
             std::this_thread::yield();
         }
         const std::lock_guard lock(mutex);
         return true;
     }},
    {"pthread_rwlock_rdlock", "pthread_rwlock_rdlock", "",
     [] { return with_write_lock([](pthread_rwlock_t* lock) { return ::pthread_rwlock_rdlock(lock) == EDEADLK; }); }},
    {"pthread_rwlock_wrlock", "pthread_rwlock_wrlock", "",
     [] { return with_write_lock([](pthread_rwlock_t* lock) { return ::pthread_rwlock_wrlock(lock) == EDEADLK; }); }},
    {"pthread_cond_timedwait", "pthread_cond_timedwait", "",
     [] {
         Held held;
         pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
         return ::pthread_cond_timedwait(&condition, &held.mutex, &passed) == ETIMEDOUT;
     }},
    {"condition_variable", "pthread_cond_wait", "",
     [] {
         static std::mutex mutex;
         static std::condition_variable condition;
         static bool is_woken = false;
         std::unique_lock lock(mutex);
         std::thread([asleep = until_asleep()] {
             asleep();
             const std::lock_guard held(mutex);
             is_woken = true;
             condition.notify_one();
         }).detach();
         condition.wait(lock, [] { return is_woken; });
         return true;
     }},
    {"sem_wait", "sem_wait", "",
     [] {
         static sem_t semaphore{};
         std::thread([asleep = until_asleep()] {
             asleep();
             ::sem_post(&semaphore);
         }).detach();
         return ::sem_wait(&semaphore) == 0;
     }},
    {"sem_timedwait", "sem_timedwait", "",
     [] {
         sem_t semaphore{};
         return ::sem_timedwait(&semaphore, &passed) == -1 && errno == ETIMEDOUT;
     }},
    {"thread_join", "pthread_join", "",
     [] {
         std::thread([] {}).join();
         return true;
     }},
    {"futex", "futex", "",
     [] {
         const int now = 1;
         return ::syscall(SYS_futex, &now, FUTEX_WAIT_PRIVATE, 2, nullptr, nullptr, 0) == -1 && errno == EAGAIN;
     }},

    {"fread", "fread", "a pipe", [] { return std::fread(buffer, 1, 4, Stream("word").file) == 4; }},
    {"fgets", "fgets", "a pipe", [] { return std::fgets(buffer, 5, Stream("word").file) == buffer; }},
    {"fgetc", "fgetc", "a pipe", [] { return std::fgetc(Stream("word").file) == 'w'; }},
    {"getline", "getline", "a pipe",
     [] {
         char* line = nullptr;
         std::size_t size = 0;
         const bool right = ::getline(&line, &size, Stream("word\n").file) == 5;
         std::free(line);
         return right;
     }},
    {"getaddrinfo", "getaddrinfo", "",
     [] {
         // Without AI_NUMERICHOST it may resolve a name; an address needs neither a file nor a DNS server.
         addrinfo* found = nullptr;
         const bool right = ::getaddrinfo("127.0.0.1", nullptr, nullptr, &found) == 0;
         ::freeaddrinfo(found);
         return right;
     }},
    {"system", "system", "", [] { return WEXITSTATUS(std::system("exit 3")) == 3; }},
    {"pclose", "pclose", "", [] { return WEXITSTATUS(::pclose(::popen("exit 3", "r"))) == 3; }},
};

}  // namespace

const std::span<const Case> thread_cases = cases;
