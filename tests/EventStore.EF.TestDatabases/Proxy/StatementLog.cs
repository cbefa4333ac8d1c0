using System.Collections.Concurrent;

namespace EventStore.EF.TestDatabases;

/// <summary>The statements that were sent to a server, with how often each was executed.</summary>
public sealed class StatementLog
{
    private readonly ConcurrentDictionary<string, int> _statements = new(StringComparer.Ordinal);
    private long _count;

    /// <summary>How many were executed since <see cref="Clear"/>.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        Interlocked.Exchange(ref _count, 0);
        _statements.Clear();
    }

    /// <summary>The statements and how often each was executed, for people.</summary>
    public override string ToString()
        => string.Join(Environment.NewLine, _statements.OrderByDescending(one => one.Value).Select(one => $"{one.Value} x {one.Key.ReplaceLineEndings(" ")[..Math.Min(one.Key.Length, 120)]}"));

    internal void Add(string sql)
    {
        Interlocked.Increment(ref _count);
        _statements.AddOrUpdate(sql, 1, static (_, count) => count + 1);
    }
}
