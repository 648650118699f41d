// SPDX-License-Identifier: MIT
//
// peer: the spawn race in Go: goroutines, a channel to join one, a WaitGroup to join a batch.

package main

import (
	"flag"
	"fmt"
	"runtime"
	"sync"
	"time"
)

func oneAtATime(ops int) {
	ended := make(chan struct{})
	for i := 0; i < ops; i++ {
		go func() { ended <- struct{}{} }()
		<-ended
	}
}

func inBatches(ops, tasks int) {
	var ended sync.WaitGroup
	for done := 0; done < ops; {
		batch := tasks
		if ops-done < batch {
			batch = ops - done
		}
		ended.Add(batch)
		for i := 0; i < batch; i++ {
			go func() {
				runtime.Gosched()
				ended.Done()
			}()
		}
		ended.Wait()
		done += batch
	}
}

func main() {
	ops := flag.Int("ops", 1, "goroutines in all")
	tasks := flag.Int("tasks", 1, "goroutines at once")
	workers := flag.Int("workers", 1, "GOMAXPROCS")
	warm := flag.Bool("warm", false, "a batch before the clock starts")
	flag.Parse()
	runtime.GOMAXPROCS(*workers)

	if *warm {
		inBatches(*tasks, *tasks)
	}
	start := time.Now()
	if *tasks == 1 {
		oneAtATime(*ops)
	} else {
		inBatches(*ops, *tasks)
	}
	ns := time.Since(start).Nanoseconds()

	fmt.Printf("{\"ops\": %d, \"ns\": %d}\n", *ops, ns)
}
