using System.Text;
using System.Threading.Channels;

namespace EventStore.EF.Faults;

/// <summary>
/// A process's own part of the history: a file that it only ever appends to. A written line is in the operating system's hands at once, so
/// SIGKILL doesn't lose it, and is flushed to the disk together with others that come at the same time.
/// </summary>
internal sealed class HistoryLog : IAsyncDisposable
{
    private readonly FileStream _file;
    private readonly Lock _lock = new();
    private readonly Channel<TaskCompletionSource> _flushes = Channel.CreateUnbounded<TaskCompletionSource>();
    private readonly Task _flushing;

    public HistoryLog(string path)
    {
        Path = path;
        _file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _flushing = FlushAsync();
    }

    /// <summary>Nanoseconds of the clock that all processes of the machine share.</summary>
    public static long Now => (long)(TimeProvider.System.GetTimestamp() * (1e9 / TimeProvider.System.TimestampFrequency));

    public string Path { get; }

    /// <summary>Writes a line. The task ends when it is on the disk, and may be left alone.</summary>
    public Task WriteAsync(HistoryEntry entry)
    {
        var line = Encoding.UTF8.GetBytes(HistoryLine.Write(entry) + "\n");
        lock (_lock)
            _file.Write(line);

        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _flushes.Writer.TryWrite(flushed);
        return flushed.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _flushes.Writer.Complete();
        await _flushing.ConfigureAwait(false);
        await _file.DisposeAsync().ConfigureAwait(false);
    }

    private async Task FlushAsync()
    {
        await Task.Yield();
        var waiting = new List<TaskCompletionSource>();
        while (await _flushes.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_flushes.Reader.TryRead(out var flushed))
                waiting.Add(flushed);

            RandomAccess.FlushToDisk(_file.SafeFileHandle);
            foreach (var flushed in waiting)
                flushed.SetResult();

            waiting.Clear();
        }
    }
}
