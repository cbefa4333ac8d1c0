using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>Keeps what is logged, warnings and errors above all, so that tests can ask for it.</summary>
public sealed class TestLog : ILoggerProvider, ILogger
{
    private event Action<TestLogLine>? Logged;

    /// <summary>Every line of level Information and above, in order.</summary>
    public ConcurrentQueue<TestLogLine> Lines { get; } = [];

    /// <summary>Waits until such a line is logged, and returns it; fails after 30 seconds with the log.</summary>
    public async Task<TestLogLine> WaitForAsync(Func<TestLogLine, bool> isWanted, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        var found = new TaskCompletionSource<TestLogLine>(TaskCreationOptions.RunContinuationsAsynchronously);
        Logged += line => Look(line);
        foreach (var line in Lines)
            Look(line);

        try
        {
            return await found.Task.WaitAsync(TimeSpan.FromSeconds(30), ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not logged within 30 seconds; the log: {string.Join(Environment.NewLine, Lines.Select(line => line.Message))}");
        }

        void Look(TestLogLine line)
        {
            if (isWanted(line))
                found.TrySetResult(line);
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel))
            return;

        var line = new TestLogLine(logLevel, formatter(state, exception), exception);
        Lines.Enqueue(line);
        Logged?.Invoke(line);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

/// <summary>One line of a log.</summary>
public sealed record TestLogLine(LogLevel Level, string Message, Exception? Exception);
