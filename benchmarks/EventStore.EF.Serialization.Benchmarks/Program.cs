using BenchmarkDotNet.Running;
using EventStore.EF.Serialization.Benchmarks;

// dotnet run -c Release --project benchmarks/EventStore.EF.Serialization.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(Samples).Assembly).Run(args);
