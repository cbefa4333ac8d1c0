using System.Reflection;
using EventStore.EF.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventStore.EF.Tests.Documentation;

/// <summary>docs/logs.md lists every message that the store logs.</summary>
public sealed class LogPageTests
{
    private static readonly Assembly[] Assemblies =
        [typeof(LogCategories).Assembly, typeof(PostgreSqlEventStoreBuilderExtensions).Assembly, typeof(SqliteEventStoreBuilderExtensions).Assembly];

    private static readonly LoggerMessageAttribute[] Messages =
    [
        .. Assemblies.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>(),
    ];

    [Fact]
    public void Every_message_has_an_id_of_its_own()
    {
        Assert.NotEmpty(Messages);
        Assert.DoesNotContain(Messages, message => message.EventId <= 1000);
        Assert.Empty(Messages.GroupBy(message => message.EventId).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [Fact]
    public void Every_message_is_listed_with_its_id_and_level()
    {
        var listed = Pages.Rows(Pages.Read("logs.md")).Where(row => row.Length > 2 && int.TryParse(row[0], out _))
            .Select(row => $"{row[0]} {row[1]} {row[2]}");

        Assert.Equal(
            Messages.OrderBy(message => message.EventId).Select(message => $"{message.EventId} {message.Level} {message.Message}"), listed);
    }
}
