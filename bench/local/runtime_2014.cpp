// SPDX-License-Identifier: MIT
//
// runtime_2014: the local race with the task-local data of 2014: a thread-local, the task, a list searched from its
// start.

#include "runtime_2014/local_data.hpp"

#include "local/lookup.hpp"
#include "runtime_2014/native/task.hpp"

static runtime_2014::local_data::Key<std::uint64_t> keys[LOCAL_ACCESSES];

static void race(const work& work) {
    for (unsigned i = 0; i < work.tasks && i < LOCAL_ACCESSES; ++i) {
        keys[i].replace(std::uint64_t(0));
    }
    struct Lent {  // counted as lent while it is incremented
        runtime_2014::local_data::Ref<std::uint64_t> value;
        void operator+=(std::uint64_t more) { *value += more; }
    };
    const auto ns = lookup_race(work, [](unsigned key) { return Lent{*keys[key].get()}; });
    std::uint64_t sum = 0;
    for (unsigned i = 0; i < work.tasks; ++i) {
        sum += **keys[i].get();
    }
    work_print_sum(local_rounds_of(&work) * LOCAL_ACCESSES, ns, sum);
}

int main(int argc, char** argv) {
    const work work = work_options(argc, argv);
    return runtime_2014::native::start(argc, argv, [&work] { race(work); });
}
