using System.Runtime.CompilerServices;
using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The converters that the assembly registers with <c>[assembly: EventConverter]</c>, and the types they convert.</summary>
internal sealed class EventConverters
{
    private static readonly ConditionalWeakTable<Compilation, EventConverters> Compilations = new();

    private readonly List<Registration> _registrations = [];
    private readonly List<DiagnosticModel> _findings = [];

    private EventConverters(Compilation compilation)
    {
        foreach (var attribute in compilation.Assembly.GetAttributes())
        {
            if (attribute.AttributeClass is { Name: "EventConverterAttribute" } type && type.FullName() == KnownNames.ConverterAttribute)
                Register(attribute, compilation);
        }
    }

    /// <summary>The attributes that can't be used.</summary>
    public IReadOnlyList<DiagnosticModel> Findings => _findings;

    /// <summary>The converters of a compilation, which are collected once and freed together with it.</summary>
    public static EventConverters Of(Compilation compilation)
        => Compilations.GetValue(compilation, static compilation => new(compilation));

    /// <summary>The converter of a type, closed for it, or <see langword="null"/>.</summary>
    public RegisteredConverter? Find(ITypeSymbol type)
    {
        foreach (var registration in _registrations)
        {
            if (registration.Close(type) is { } converter)
                return new(converter, registration.Uses);
        }

        return null;
    }

    private void Register(AttributeData attribute, Compilation compilation)
    {
        if (attribute.ConstructorArguments.FirstOrDefault() is not { Kind: TypedConstantKind.Type, Value: INamedTypeSymbol named })
        {
            Report(attribute, "null", "name the type of a converter");
            return;
        }

        if (named.TypeKind == TypeKind.Error)
            return;
        var converter = named.IsUnboundGenericType ? named.OriginalDefinition : named;
        if (Problem(converter, compilation) is { } problem)
        {
            Report(attribute, named.Display(), problem);
            return;
        }

        var patterns = Patterns(attribute, converter, compilation).ToList();
        if (patterns.Count == 0)
        {
            Report(
                attribute, named.Display(), "it is a factory that doesn't say which types it converts: "
                    + "name them as further arguments, [assembly: EventConverter(typeof(…), typeof(Option<>))]");
        }

        foreach (var pattern in patterns)
        {
            if (_registrations.Find(other => other.Pattern.Equals(pattern, SymbolEqualityComparer.Default)) is { } other)
                Report(attribute, named.Display(), $"'{other.Converter.Display()}' converts '{pattern.Display()}' already");
            else
                _registrations.Add(new(converter, pattern, Uses(attribute)));
        }
    }

    private static string? Problem(INamedTypeSymbol converter, Compilation compilation)
    {
        if (!Converters.IsConverter(converter))
            return "it is not a JsonConverter of System.Text.Json";
        return Converters.CanBeMade(converter, compilation)
            ? null
            : "generated code can't create it; make it public or internal, concrete, and give it a parameterless constructor";
    }

    /// <summary>The types that a converter converts; they may contain its type parameters.</summary>
    private static IEnumerable<ITypeSymbol> Patterns(AttributeData attribute, INamedTypeSymbol converter, Compilation compilation)
    {
        if (Converters.Converted(converter) is { } converted)
            return [converted];
        var named = attribute.ConstructorArguments.Length < 2 || attribute.ConstructorArguments[1] is not { IsNull: false } types
            ? []
            : types.Values.Select(value => value.Value).OfType<ITypeSymbol>().ToList();
        if (named.Count > 0)
            return named.Select(Definition);
        return Converters.IsOfEnums(converter)
            ? [compilation.GetSpecialType(SpecialType.System_Enum)]
            : Inferred(converter, compilation).Distinct<ITypeSymbol>(SymbolEqualityComparer.Default);
    }

    /// <summary>The types that <c>CanConvert</c> of a factory names with <c>typeof</c>.</summary>
    private static IEnumerable<ITypeSymbol> Inferred(INamedTypeSymbol factory, Compilation compilation) => factory.Hierarchy()
        .SelectMany(type => type.GetMembers("CanConvert"))
        .SelectMany(method => method.DeclaringSyntaxReferences)
        .Where(reference => compilation.ContainsSyntaxTree(reference.SyntaxTree))
        .SelectMany(reference => reference.GetSyntax().DescendantNodes().OfType<TypeOfExpressionSyntax>())
        .Select(syntax => compilation.GetSemanticModel(syntax.SyntaxTree).GetTypeInfo(syntax.Type).Type)
        .OfType<INamedTypeSymbol>()
        .Where(type => type.TypeKind is not (TypeKind.Interface or TypeKind.Error))
        .Select(Definition);

    private static ITypeSymbol Definition(ITypeSymbol type)
        => type is INamedTypeSymbol { IsUnboundGenericType: true } named ? named.OriginalDefinition : type;

    private static IReadOnlyList<ITypeSymbol> Uses(AttributeData attribute) =>
    [
        .. attribute.NamedArguments
            .Where(argument => argument is { Key: "Uses", Value: { Kind: TypedConstantKind.Array, IsNull: false } })
            .SelectMany(argument => argument.Value.Values)
            .Select(value => value.Value)
            .OfType<ITypeSymbol>(),
    ];

    private void Report(AttributeData attribute, string converter, string problem) => _findings.Add(new(
        Descriptors.InvalidConverter,
        LocationModel.Of(attribute.ApplicationSyntaxReference?.GetSyntax().GetLocation()),
        new[] { converter, problem }.ToEquatableArray()));

    /// <summary>A converter and one type that it converts.</summary>
    private sealed record Registration(INamedTypeSymbol Converter, ITypeSymbol Pattern, IReadOnlyList<ITypeSymbol> Uses)
    {
        /// <summary>The converter with the type arguments that the type needs, or null if it doesn't convert the type.</summary>
        public INamedTypeSymbol? Close(ITypeSymbol type)
        {
            if (Pattern.SpecialType == SpecialType.System_Enum)
                return type.TypeKind == TypeKind.Enum ? Converter : null;
            if (Pattern is INamedTypeSymbol pattern
                && (pattern.Name != type.Name || type is not INamedTypeSymbol named || named.Arity != pattern.Arity))
            {
                return null;
            }

            var arguments = new TypeArguments();
            if (!Converter.IsGenericType || !Converter.IsDefinition)
                return Matches(type, arguments) ? Converter : null;
            return arguments.Unify(Pattern, type) && arguments.Satisfy(Converter.TypeParameters)
                ? Converter.Construct([.. Converter.TypeParameters.Select(parameter => arguments[parameter])])
                : null;
        }

        private bool Matches(ITypeSymbol type, TypeArguments arguments)
            => Pattern is INamedTypeSymbol { IsGenericType: true, IsDefinition: true }
                ? Pattern.Equals(type.OriginalDefinition, SymbolEqualityComparer.Default)
                : arguments.Unify(Pattern, type);
    }
}

/// <summary>A converter that the assembly registers, closed for a type.</summary>
/// <param name="Converter">The converter.</param>
/// <param name="Uses">The further types that it asks its options for.</param>
internal sealed record RegisteredConverter(INamedTypeSymbol Converter, IReadOnlyList<ITypeSymbol> Uses);
