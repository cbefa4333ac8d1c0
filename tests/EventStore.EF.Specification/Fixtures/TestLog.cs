using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Specification;

/// <summary>Keeps what is logged, warnings and errors above all, so that tests can ask for it.</summary>
public sealed class TestLog : ILoggerProvider, ILogger
{
    /// <summary>Every line of level Information and above, in order.</summary>
    public ConcurrentQueue<TestLogLine> Lines { get; } = [];

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
        if (IsEnabled(logLevel))
            Lines.Enqueue(new(logLevel, formatter(state, exception), exception));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

/// <summary>One line of a log.</summary>
public sealed record TestLogLine(LogLevel Level, string Message, Exception? Exception);
