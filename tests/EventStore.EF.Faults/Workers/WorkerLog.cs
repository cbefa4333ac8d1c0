using System.Text;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Faults;

/// <summary>Keeps a worker's warnings in a file for people, and writes into the history that a loss was reported.</summary>
internal sealed class WorkerLog(WorkerSettings settings, HistoryLog history) : ILoggerProvider, ILogger
{
    private readonly Lock _lock = new();
    /// <summary>Half of a surrogate pair is replaced: by default a writer throws at what odd exceptions have in their texts.</summary>
    private readonly StreamWriter _file = new(
        Path.Combine(settings.Folder, $"{settings.Name}.log"), append: true, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
    { AutoFlush = true };

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;

        if (IsLoss(eventId, exception))
            _ = history.WriteAsync(new LossReported(HistoryLog.Now, settings.Name, exception?.Message ?? formatter(state, exception)));

        lock (_lock)
            _file.WriteLine($"{HistoryLog.Now} {logLevel} {formatter(state, exception)} {exception?.ToString().ReplaceLineEndings(" ")}");
    }

    public void Dispose() => _file.Dispose();

    private static bool IsLoss(EventId eventId, Exception? exception)
        => eventId.Name?.Contains("Ahead", StringComparison.Ordinal) == true || exception?.GetType().Name.Contains("Ahead", StringComparison.Ordinal) == true;
}
