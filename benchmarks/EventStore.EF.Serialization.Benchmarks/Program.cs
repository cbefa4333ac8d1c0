using BenchmarkDotNet.Running;
using EventStore.EF.Serialization.Benchmarks;

// dotnet run -c Release --project benchmarks/EventStore.EF.Serialization.Benchmarks -- --filter '*'
// dotnet run -c Release --project benchmarks/EventStore.EF.Serialization.Benchmarks -- alternating
if (args is ["alternating"])
    Alternating.Run();
else
    BenchmarkSwitcher.FromAssembly(typeof(Samples).Assembly).Run(args);
