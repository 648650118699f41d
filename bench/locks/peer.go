// SPDX-License-Identifier: MIT
//
// peer: the locks race in Go: goroutines, as many of them running as there are threads.

package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

var (
	mutex  sync.Mutex
	shared sync.RWMutex
	turned = sync.NewCond(&mutex)
	value  uint64
)

func run(what string, parity uint64, ops uint64) (sum uint64) {
	switch what {
	case "--read":
		for done := uint64(0); done < ops; done++ {
			shared.RLock()
			sum += value + 1
			shared.RUnlock()
		}
	case "--condvar":
		mutex.Lock()
		for done := uint64(0); done < ops; done++ {
			for value%2 != parity {
				turned.Wait()
			}
			value++
			turned.Signal()
		}
		mutex.Unlock()
	default:
		for done := uint64(0); done < ops; done++ {
			mutex.Lock()
			value++
			mutex.Unlock()
		}
	}
	return sum
}

func main() {
	ops, workers, what := uint64(1), 1, ""
	for i := 1; i < len(os.Args); i++ {
		switch os.Args[i] {
		case "--ops":
			i++
			ops, _ = strconv.ParseUint(os.Args[i], 10, 64)
		case "--workers":
			i++
			workers, _ = strconv.Atoi(os.Args[i])
		default:
			what = os.Args[i]
		}
	}
	var ready, sum atomic.Uint64
	var going atomic.Bool
	ends := make(chan time.Time, workers)
	for index := 0; index < workers; index++ {
		go func(parity uint64) {
			ready.Add(1)
			for !going.Load() {
				runtime.Gosched()
			}
			sum.Add(run(what, parity, ops))
			ends <- time.Now()
		}(uint64(index % 2))
	}
	for ready.Load() != uint64(workers) {
		runtime.Gosched()
	}
	start := time.Now()
	going.Store(true)
	last := start
	for index := 0; index < workers; index++ {
		if end := <-ends; end.After(last) {
			last = end
		}
	}
	fmt.Printf("{\"ops\": %d, \"ns\": %d, \"sum\": %d}\n", ops*uint64(workers), last.Sub(start).Nanoseconds(), sum.Load()+value)
}
