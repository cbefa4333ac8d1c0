using System.Reflection;

namespace EventStore.EF.Specification;

/// <summary>Sees that a provider's tests run the whole specification.</summary>
public static class Compliance
{
    /// <summary>Fails when an assembly derives no test class from one of the suites.</summary>
    public static void AssertDerivesEverySuite(Assembly tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        var missing = typeof(StoreSpecification).Assembly.GetExportedTypes()
            .Where(suite => suite.IsAbstract && suite.IsSubclassOf(typeof(StoreSpecification)))
            .Where(suite => !tests.GetTypes().Any(test => test is { IsAbstract: false, IsPublic: true } && test.IsSubclassOf(suite)))
            .Select(suite => suite.Name);
        Assert.Empty(missing);
    }
}
