using System.Diagnostics;

namespace EventStore.EF.Sqlite.Storage;

/// <summary>One thread that looks after all SQLite stores of this process; it runs while there are any.</summary>
/// <remarks>
/// A thread and the system's clock, because a timer wakes the thread pool, whose workers spin before they sleep again: at a hundred looks a
/// second, that took 4 % of a core; a thread takes 0.7 %.
/// </remarks>
internal static class PollingThread
{
    private static readonly Lock Sharing = new();
    private static readonly AutoResetEvent Changed = new(false);
    private static readonly List<Entry> Entries = [];
    private static bool _isRunning;

    /// <summary>Polls from now on.</summary>
    public static void Add(IPoll poll)
    {
        lock (Sharing)
        {
            Entries.Add(new(poll));
            if (_isRunning)
            {
                Changed.Set();
                return;
            }

            _isRunning = true;
        }

        new Thread(Run) { IsBackground = true, Name = "EventStore.EF.Sqlite" }.UnsafeStart();
    }

    /// <summary>Stops polling. The thread that polls calls <see cref="IPoll.Removed"/>, soon.</summary>
    public static void Remove(IPoll poll)
    {
        lock (Sharing)
        {
            if (Entries.Find(entry => entry.Poll == poll) is { } found)
                found.IsRemoved = true;
        }

        Changed.Set();
    }

    private static void Run()
    {
        while (true)
        {
            List<Entry> due;
            var wait = TimeSpan.FromSeconds(1);
            lock (Sharing)
            {
                if (Entries.Count == 0)
                {
                    _isRunning = false;
                    return;
                }

                due = Entries.FindAll(entry => entry.IsRemoved || entry.IsDue);
                if (due.Count == 0)
                    wait = TimeSpan.FromMilliseconds(Math.Ceiling(Entries.Min(entry => entry.Left).TotalMilliseconds));
            }

            if (due.Count == 0)
            {
                Changed.WaitOne(wait);
                continue;
            }

            foreach (var entry in due)
                Run(entry);
        }
    }

    private static void Run(Entry entry)
    {
        var within = entry.IsRemoved ? null : entry.Poll.Poll();
        if (within is { } time)
        {
            entry.Until = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
            return;
        }

        lock (Sharing)
            Entries.Remove(entry);

        entry.Poll.Removed();
    }

    /// <summary>Something to look at now and then.</summary>
    internal interface IPoll
    {
        /// <summary>Looks. Throws nothing, and takes no longer than necessary, because others wait.</summary>
        /// <returns>The time until the next look; <see langword="null"/> if there is none.</returns>
        TimeSpan? Poll();

        /// <summary>Called once, after the last look.</summary>
        void Removed();
    }

    private sealed class Entry(IPoll poll)
    {
        public IPoll Poll { get; } = poll;

        public long Until { get; set; } = Stopwatch.GetTimestamp();

        public volatile bool IsRemoved;

        public bool IsDue => Stopwatch.GetTimestamp() >= Until;

        public TimeSpan Left
            => Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), Until) is { Ticks: > 0 } left ? left : TimeSpan.Zero;
    }
}
