using System.Globalization;

namespace Ordering.Demo;

/// <summary>How many, in which time: from the making of this object to the last one counted. Safe for use by several threads.</summary>
internal sealed class Rate
{
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private long _count;
    private long _last;

    public long Count => Volatile.Read(ref _count);

    public void Add(long count)
    {
        Volatile.Write(ref _last, TimeProvider.System.GetTimestamp());
        Interlocked.Add(ref _count, count);
    }

    public override string ToString()
    {
        if (Count == 0)
            return "none in this process";

        var seconds = TimeProvider.System.GetElapsedTime(_start, _last).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{Count,9:N0} events in {seconds,6:N1} s: {Count / seconds,7:N0} per second");
    }
}
