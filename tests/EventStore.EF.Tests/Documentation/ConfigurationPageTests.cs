using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Tests.Documentation;

/// <summary>docs/configuration.md lists every option with its default.</summary>
public sealed class ConfigurationPageTests
{
    private static readonly string Page = Pages.Read("configuration.md");

    private static readonly Assembly[] Assemblies =
    [
        typeof(IEventStore).Assembly, typeof(EventStoreBuilder).Assembly, typeof(PostgreSqlOptions).Assembly,
        typeof(SqliteEventStoreBuilderExtensions).Assembly,
    ];

    private static IEnumerable<Type> PublicTypes => Assemblies.SelectMany(assembly => assembly.GetExportedTypes());

    public static TheoryData<Type> OptionsClasses() => [.. PublicTypes.Where(IsOptionsClass)];

    [Theory]
    [MemberData(nameof(OptionsClasses))]
    public void Every_option_is_listed_with_its_default(Type type)
    {
        var options = Activator.CreateInstance(type.IsAbstract ? PublicTypes.First(derived => derived.BaseType == type) : type);
        var actual = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .ToDictionary(option => $"`{option.Name}`", option => Text(option, option.GetValue(options)));

        var listed = Pages.Rows(Pages.Section(Page, type.Name)).ToDictionary(row => row[0], row => row[1]);

        Assert.Equal(Sorted(actual), Sorted(listed));
    }

    [Fact]
    public void Every_method_of_the_builder_is_listed()
    {
        var own = typeof(EventStoreBuilder).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => !method.IsSpecialName);
        var extensions = PublicTypes.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.GetParameters() is [var first, ..] && typeof(EventStoreDatabaseBuilder).IsAssignableFrom(first.ParameterType));
        var methods = own.Concat(extensions).Select(method => $"`{method.Name}`").Distinct();

        var listed = Pages.Rows(Pages.Section(Page, "The builder")).Select(row => row[0]);

        Assert.Equal(methods.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static bool IsOptionsClass(Type type)
        => type.IsClass && type.Name.EndsWith("Options", StringComparison.Ordinal) && (type is { IsAbstract: true, IsSealed: false } || type.GetConstructor([]) is not null);

    private static IEnumerable<KeyValuePair<string, string>> Sorted(Dictionary<string, string> options)
        => options.OrderBy(option => option.Key, StringComparer.Ordinal);

    /// <summary>A default as the page writes it.</summary>
    private static string Text(PropertyInfo option, object? value) => value switch
    {
        null => "none",
        TimeSpan time when time < TimeSpan.FromSeconds(1) => Number(time.TotalMilliseconds, "ms"),
        TimeSpan time => Number(time.TotalSeconds, "s"),
        long bytes when bytes % (1024 * 1024) == 0 => Number(bytes / (1024 * 1024), "MiB"),
        int or long => string.Create(CultureInfo.InvariantCulture, $"{value:N0}"),
        bool flag => flag ? "`true`" : "`false`",
        string or Enum => $"`{value}`",
        EventFilter filter when filter == EventFilter.All => "`EventFilter.All`",
        ICollection { Count: 0 } => "empty",
        _ => throw new NotSupportedException($"The page can't write the default of {option.Name}, {value}."),
    };

    private static string Number(double number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number} {unit}");
}
