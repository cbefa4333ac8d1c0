using System.Diagnostics;
using System.Globalization;

namespace EventStore.EF.Specification;

/// <summary>A process of its own that works on subscriptions: what it says, what it is told, and what befalls it.</summary>
public sealed class Worker : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly Process _process;
    private readonly Task _listening;
    private TaskCompletionSource _said = NewSignal();

    private Worker(IEnumerable<string> words)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "EventStore.EF.SubscriptionWorker.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", [program, .. words])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _listening = Task.WhenAll(ListenAsync(_process.StandardOutput), ListenAsync(_process.StandardError));
    }

    /// <summary>What it has said so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    /// <summary>How much time it has spent on processors.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts one, and waits until it is ready. What it does, see the worker's program.</summary>
    public static async Task<Worker> StartAsync(string mode, string connectionString, params object[] words)
    {
        var worker = Launch(mode, connectionString, words);
        await worker.SaysAsync("ready");
        return worker;
    }

    /// <summary>Starts one, which may be gone before it is ready.</summary>
    public static Worker Launch(string mode, string connectionString, params object[] words)
        => new([mode, connectionString, .. words.Select(word => Convert.ToString(word, CultureInfo.InvariantCulture)!)]);

    /// <summary>Waits until it has said something, or has said it so often; fails after a minute with what it said instead.</summary>
    public async Task SaysAsync(string line, int times = 1)
    {
        while (true)
        {
            Task said;
            lock (_lock)
            {
                if (_lines.Count(one => one == line) >= times)
                    return;

                said = _said.Task;
            }

            try
            {
                await said.WaitAsync(Patience, TestContext.Current.CancellationToken);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"The worker did not say '{line}' but: {string.Join(" | ", Lines)}");
            }
        }
    }

    /// <summary>Tells it to do something.</summary>
    public void Tell(string order)
    {
        _process.StandardInput.WriteLine(order);
        _process.StandardInput.Flush();
    }

    /// <summary>Sends it a signal; see <see cref="PosixSignal"/>.</summary>
    public void Signal(int signal) => PosixSignal.Send(_process.Id, signal);

    /// <summary>Waits until it is gone.</summary>
    public async Task EndsAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await _listening;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();

        await _process.WaitForExitAsync();
        await _listening;
        _process.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ListenAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _lines.Add(line);
                _said.TrySetResult();
                _said = NewSignal();
            }
        }
    }
}
