using System.Collections;
using System.Globalization;
using System.Reflection;
using EventStore.EF.Operations.Checks;

namespace EventStore.EF.Tests.Documentation;

/// <summary>docs/health.md lists every option of the health checks and every check of a report.</summary>
public sealed class HealthPageTests
{
    private static readonly string Page = Pages.Read("health.md");

    [Theory]
    [InlineData(typeof(SubscriptionHealthOptions))]
    [InlineData(typeof(LoopHealthOptions))]
    public void Every_option_is_listed_with_its_default(Type type)
    {
        var options = Activator.CreateInstance(type);
        var actual = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(option => $"`{option.Name}` {Text(option.GetValue(options))}");

        var listed = Pages.Rows(Pages.Section(Page, type.Name)).Select(row => $"{row[0]} {row[1]}");

        Assert.Equal(actual.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_check_is_listed()
        => Assert.Equal(
            CheckDefinition.All.Select(check => $"{check.Id} {check.Title}"),
            Pages.Rows(Pages.Section(Page, "What is checked")).Select(row => $"{row[0]} {row[1]}"));

    /// <summary>A default as the page writes it.</summary>
    private static string Text(object? value) => value switch
    {
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s"),
        Enum => $"`{value}`",
        IEnumerable values when !values.Cast<object>().Any() => "empty",
        _ => throw new NotSupportedException($"The page can't write the default {value}."),
    };
}
