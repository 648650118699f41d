// SPDX-License-Identifier: MIT
//
// peer: the channel race in Go, whose channels are all bounded.

package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	ops, divide, workers, tasks := uint64(1), uint64(1), 1, 1
	for i := 1; i < len(os.Args); i++ {
		switch os.Args[i] {
		case "--ops":
			i++
			ops, _ = strconv.ParseUint(os.Args[i], 10, 64)
		case "--workers":
			i++
			workers, _ = strconv.Atoi(os.Args[i])
		case "--tasks":
			i++
			tasks, _ = strconv.Atoi(os.Args[i])
		case "--divide":
			i++
			divide, _ = strconv.ParseUint(os.Args[i], 10, 64)
		case "--rendezvous":
			tasks = 0
		}
	}
	if ops /= divide; ops == 0 {
		ops = 1
	}
	channel := make(chan uint64, tasks)
	sum := uint64(0)
	start := time.Now()
	if workers == 1 {
		for done := uint64(0); done < ops; done++ {
			channel <- done
			sum += <-channel
		}
	} else {
		go func() {
			for done := uint64(0); done < ops; done++ {
				channel <- done
			}
			close(channel)
		}()
		for message := range channel {
			sum += message
		}
	}
	fmt.Printf("{\"ops\": %d, \"ns\": %d, \"sum\": %d}\n", ops, time.Since(start).Nanoseconds(), sum)
}
