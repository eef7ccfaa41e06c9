using BenchmarkDotNet.Running;
using KadaluFsd.Bench.Micro;

BenchmarkSwitcher.FromAssembly(typeof(GetSpecBenchmark).Assembly).Run(args);
