using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using EventStore.EF.TestDatabases;

namespace EventStore.EF.Faults;

/// <summary>A worker that is started again whenever it ends before it was told to.</summary>
internal sealed class WorkerProcess(WorkerSettings settings, IReadOnlyList<FaultyProxy> lines, Undo undo, HistoryLog log)
{
    private const int Killed = 128 + 9;
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;
    private Task _running = Task.CompletedTask;
    private (long Acknowledged, long Delivered) _before;
    private (long Acknowledged, long Delivered) _now;
    private TaskCompletionSource _works = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStopping;

    public WorkerSettings Settings => settings;

    /// <summary>The build that it runs from its next start on.</summary>
    public Build Build { get; set; }

    /// <summary>Whether it writes events that only the new build handles, from its next start on; see the order <c>new-events</c>.</summary>
    public bool HasNewEvents { get; set; }

    /// <summary>Its ways to the servers, one for each place that a server may be at; none on SQLite.</summary>
    public IReadOnlyList<FaultyProxy> Lines => lines;

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    public long Acknowledged => _before.Acknowledged + _now.Acknowledged;

    public long Delivered => _before.Delivered + _now.Delivered;

    /// <summary>Whether events were delivered to it just now: it runs subscriptions, and doesn't only stand by for them.</summary>
    public bool IsDelivering { get; private set; }

    /// <summary>Whether the store refused to start in it when it ended last.</summary>
    public bool HasRefused { get; private set; }

    public void Start()
    {
        _isStopping = false;
        _running = RunAsync();
    }

    /// <summary>Ends it at once, and for good until it is started again.</summary>
    public async Task EndAsync()
    {
        _isStopping = true;
        Kill();
        await _running.ConfigureAwait(false);
    }

    /// <summary>Waits until the process that was started last works.</summary>
    public async Task WorksAsync(CancellationToken ct) => await _works.Task.WaitAsync(StartPatience, TimeProvider.System, ct).ConfigureAwait(false);


    /// <summary>Waits until it works for the first time.</summary>
    /// <exception cref="LaboratoryException">It doesn't for too long.</exception>
    public async Task ReadyAsync(CancellationToken ct)
    {
        try
        {
            await _ready.Task.WaitAsync(StartPatience, TimeProvider.System, ct).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new LaboratoryException($"{settings.Name} did not begin to work within {StartPatience.TotalSeconds} s.", exception);
        }
    }

    /// <summary>Ends it at once.</summary>
    public void Kill() => Signal(PosixSignal.Kill);

    public void Pause() => Signal(PosixSignal.Stop);

    public void Continue() => Signal(PosixSignal.Continue);

    /// <summary>Gives it an order; see <see cref="Worker"/>. One that is just dead doesn't hear it.</summary>
    public void Order(string order)
    {
        try
        {
            lock (_lock)
            {
                _process?.StandardInput.WriteLine(order);
                _process?.StandardInput.Flush();
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // It has just ended.
        }
    }

    /// <summary>Waits until the process that runs now has ended, and another is started.</summary>
    public async Task RestartedAsync(int starts, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        while (Starts <= starts)
            await timer.WaitForNextTickAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Lets it finish what it is about.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        Order("stop");
        try
        {
            await _running.WaitAsync(Patience, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await log.WriteAsync(new Misbehaved(HistoryLog.Now, settings.Name, $"did not stop within {Patience.TotalSeconds} s")).ConfigureAwait(false);
            Kill();
            await _running.ConfigureAwait(false);
        }
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        while (!_isStopping)
        {
            using var process = Launch();
            var errors = process.StandardError.ReadToEndAsync();
            while (await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                if (line.Split(' ') is [var acknowledged, var delivered] && long.TryParse(acknowledged, out var first) && long.TryParse(delivered, out var second))
                {
                    IsDelivering = second > _now.Delivered;
                    _now = (first, second);
                    _ready.TrySetResult();
                    _works.TrySetResult();
                }
            }

            await process.WaitForExitAsync().ConfigureAwait(false);
            (_before, _now) = ((Acknowledged, Delivered), default);
            HasRefused = process.ExitCode == Worker.RefusedToStart;
            if (process.ExitCode is not 0 and not Killed and not Worker.CouldNotStart and not Worker.RefusedToStart)
                await log.WriteAsync(new Misbehaved(HistoryLog.Now, settings.Name, $"ended with {process.ExitCode}: {await errors.ConfigureAwait(false)}")).ConfigureAwait(false);
        }
    }

    private Process Launch()
    {
        lock (_lock)
        {
            var program = Environment.ProcessPath!;
            string[] words = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Assembly.GetExecutingAssembly().Location] : [];
            _process = Process.Start(new ProcessStartInfo(program, [.. words, "worker", settings.Folder])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,

                // A process that is killed leaves the runtime's sockets for debuggers behind.
                Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
            })!;
            undo.WithProcess(_process.Id, settings.Folder);
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(settings with { Build = Build, HasNewEvents = HasNewEvents }, WorkerJson.Default.WorkerSettings));
            _process.StandardInput.Flush();
            if (_works.Task.IsCompleted)
                _works = new(TaskCreationOptions.RunContinuationsAsynchronously);

            Starts++;
            if (_isStopping)
                _process.StandardInput.WriteLine("stop");

            return _process;
        }
    }

    private void Signal(Action<int> send)
    {
        lock (_lock)
        {
            if (_process is { } process && IsAlive(process))
                send(process.Id);
        }
    }

    private static bool IsAlive(Process process)
    {
        try
        {
            return !process.HasExited;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
