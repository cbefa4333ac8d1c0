using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BenchmarkDotNet.Attributes;

namespace EventStore.EF.Serialization.Benchmarks;

/// <summary>Reading an event: as the store does it, against the generated metadata of System.Text.Json.</summary>
[MemoryDiagnoser]
[InProcess]
public class DeserializeBenchmark
{
    private byte[] _json = [];
    private EventDescriptor _own = null!;
    private JsonTypeInfo _other = null!;

    /// <summary>Whether the event is simple, so that it is read in a straight line; otherwise metadata reads it.</summary>
    [Params(true, false)]
    public bool IsSimple { get; set; }

    /// <summary>Writes what is read.</summary>
    [GlobalSetup]
    public void Setup()
    {
        object value = IsSimple ? Samples.Placed : Samples.Paid;
        _json = Samples.Bytes(value);
        _own = Samples.Descriptor(value.GetType());
        _other = Samples.OfSystemTextJson(value.GetType());
    }

    /// <summary>The floor.</summary>
    [Benchmark(Baseline = true)]
    public object? SystemTextJson() => JsonSerializer.Deserialize(_json, _other);

    /// <summary>Ours.</summary>
    [Benchmark]
    public object? Generated() => _own.Deserialize(_json);
}
