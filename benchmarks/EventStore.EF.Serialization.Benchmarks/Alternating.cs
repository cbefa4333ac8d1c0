using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EventStore.EF.Serialization.Benchmarks;

/// <summary>
/// The same comparisons for a machine that has other work: the two take turns, thousands of times for a few milliseconds, and what
/// counts is the CPU of the thread. Medians of the turns' ratios hardly know of the rest. Linux only.
/// </summary>
internal static partial class Alternating
{
    private const int Turns = 400;
    private const int PerTurn = 1000;
    private const int ThreadCpu = 3;

    public static void Run()
    {
        Console.WriteLine($"{"",-46}{"STJ ns",8}{"ours ns",9}{"ratio",7}{"STJ B",8}{"ours B",8}{"ratio",7}");
        foreach (var value in Samples.All)
            Compare($"serialize {value.GetType().Name}", Writer(value, Samples.OfSystemTextJson(value.GetType())), Writer(value, Samples.Descriptor(value.GetType()).JsonTypeInfo));
        foreach (var value in Samples.All)
        {
            var json = Samples.Bytes(value);
            var (own, other) = (Samples.Descriptor(value.GetType()), Samples.OfSystemTextJson(value.GetType()));
            Compare($"deserialize {value.GetType().Name}", () => JsonSerializer.Deserialize(json, other), () => own.Deserialize(json));
        }
    }

    private static Action Writer(object value, System.Text.Json.Serialization.Metadata.JsonTypeInfo info)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        var writer = new Utf8JsonWriter(buffer);
        return () =>
        {
            buffer.ResetWrittenCount();
            writer.Reset();
            JsonSerializer.Serialize(writer, value, info);
        };
    }

    private static void Compare(string name, Action other, Action own)
    {
        var turns = new List<(double Other, double Own)>();
        for (var turn = -Turns / 4; turn < Turns; turn++)
        {
            var first = Measure(turn % 2 == 0 ? other : own);
            var second = Measure(turn % 2 == 0 ? own : other);
            if (turn >= 0)
                turns.Add(turn % 2 == 0 ? (first, second) : (second, first));
        }

        var (otherBytes, ownBytes) = (Allocated(other), Allocated(own));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-46}{Median(turns.Select(t => t.Other)),8:0}{Median(turns.Select(t => t.Own)),9:0}{Median(turns.Select(t => t.Own / t.Other)),7:0.00}{otherBytes,8}{ownBytes,8}{(otherBytes == 0 ? 0 : (double)ownBytes / otherBytes),7:0.00}"));
    }

    private static double Measure(Action action)
    {
        var before = Now();
        for (var i = 0; i < PerTurn; i++)
            action();
        return (double)(Now() - before) / PerTurn;
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < PerTurn; i++)
            action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / PerTurn;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Turns / 2);

    private static long Now() => GetTime(ThreadCpu, out var time) == 0 ? (time.Seconds * 1_000_000_000) + time.Nanoseconds : throw new PlatformNotSupportedException();

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
