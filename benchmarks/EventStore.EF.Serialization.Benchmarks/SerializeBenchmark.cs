using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BenchmarkDotNet.Attributes;

namespace EventStore.EF.Serialization.Benchmarks;

/// <summary>Writing an event into a buffer that is used again: our writer against the fast path of System.Text.Json.</summary>
[MemoryDiagnoser]
[InProcess]
public class SerializeBenchmark : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly JsonTypeInfo _own = Samples.Descriptor(typeof(OrderPlaced)).JsonTypeInfo;
    private readonly JsonTypeInfo _other = Samples.OfSystemTextJson(typeof(OrderPlaced));
    private readonly Utf8JsonWriter _writer;

    /// <summary>Makes the writer.</summary>
    public SerializeBenchmark() => _writer = new(_buffer);

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The floor.</summary>
    [Benchmark(Baseline = true)]
    public void SystemTextJson() => Write(_other);

    /// <summary>Ours.</summary>
    [Benchmark]
    public void Generated() => Write(_own);

    private void Write(JsonTypeInfo info)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        JsonSerializer.Serialize(_writer, Samples.Placed, info);
    }
}
