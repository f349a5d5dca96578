// Verifies the assertion of Sallyport in IIS, for every request of a site, static files included (integrated pipeline).
// .NET Framework 4.7.2 or newer; NuGet: Microsoft.IdentityModel.JsonWebTokens 8 (brings Microsoft.IdentityModel.Tokens).
//
// web.config:
//   <appSettings>
//     <add key="Sallyport:Jwks" value="https://portal.example.org/.sallyport/jwks.json" />
//     <add key="Sallyport:Issuer" value="https://portal.example.org" />      the app's public origin
//     <add key="Sallyport:Audience" value="portal" />                        the app's id in Sallyport's configuration
//   </appSettings>
//   <system.webServer><modules runAllManagedModulesForAllRequests="true">
//     <add name="SallyportOnly" type="SallyportOnly" />
//   </modules></system.webServer>
using System;
using System.Configuration;
using System.Net.Http;
using System.Security.Principal;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using System.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

public sealed class SallyportOnly : IHttpModule
{
    // \z, not $: in .NET a $ would let a trailing newline pass. Two header lines, joined by a comma, fail here too.
    private static readonly Regex Compact = new Regex(@"\A[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}\z", RegexOptions.CultureInvariant);
    private static readonly string[] Required = { "sub", "name", "sid", "iat", "nbf", "exp", "jti", "auth_time", "amr" };
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);
    private static readonly HttpClient Http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
    private static readonly JsonWebTokenHandler Handler = new JsonWebTokenHandler { MapInboundClaims = false };
    private static readonly SemaphoreSlim Fetching = new SemaphoreSlim(1, 1);
    private static JsonWebKeySet keys;
    private static DateTime keysReadAt = DateTime.MinValue;

    public void Init(HttpApplication application)
    {
        var helper = new EventHandlerTaskAsyncHelper(JudgeAsync);
        application.AddOnAuthenticateRequestAsync(helper.BeginEventHandler, helper.EndEventHandler);
    }

    public void Dispose() { }

    private static async Task JudgeAsync(object sender, EventArgs e)
    {
        var application = (HttpApplication)sender;
        try
        {
            var token = await VerifyAsync(application.Request.Headers["Sallyport-Assertion"]).ConfigureAwait(false);
            application.Context.User = new GenericPrincipal(new GenericIdentity(token.GetClaim("name").Value, "Sallyport"), new string[0]);
        }
        catch (Exception)
        {
            application.Context.User = null;
            application.Response.StatusCode = 403;
            application.Response.ContentType = "text/plain";
            application.Response.Write("This app is reached through Sallyport only.\n");
            application.CompleteRequest();
        }
    }

    private static async Task<JsonWebToken> VerifyAsync(string header)
    {
        if (header == null || header.Length > 8192 || !Compact.IsMatch(header)) throw new SecurityTokenException("no assertion");
        var unverified = new JsonWebToken(header);
        if (unverified.TryGetHeaderValue("crit", out object _)) throw new SecurityTokenException("crit");
        var result = await Handler.ValidateTokenAsync(header, new TokenValidationParameters
        {
            ValidAlgorithms = new[] { "ES256" },
            ValidTypes = new[] { "sallyport-assertion+jwt" },
            ValidIssuer = Setting("Issuer"),
            ValidAudience = Setting("Audience"),
            IssuerSigningKey = await KeyAsync(unverified.Kid).ConfigureAwait(false),
            TryAllIssuerSigningKeys = false,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = Skew,
        }).ConfigureAwait(false);
        if (!result.IsValid) throw new SecurityTokenException("not valid", result.Exception);
        var token = (JsonWebToken)result.SecurityToken;
        foreach (var claim in Required) token.GetClaim(claim); // throws when it is absent
        var age = DateTime.UtcNow - token.IssuedAt;
        if (age > TimeSpan.FromSeconds(60) + Skew || age < -Skew) throw new SecurityTokenException("iat");
        return token;
    }

    // Keys are kept for five minutes; an unknown kid asks again, at most every five seconds.
    private static async Task<SecurityKey> KeyAsync(string kid)
    {
        await Fetching.WaitAsync().ConfigureAwait(false);
        try
        {
            foreach (var maxAge in new[] { 300, 5 })
            {
                if (keys == null || DateTime.UtcNow - keysReadAt >= TimeSpan.FromSeconds(maxAge))
                {
                    keys = new JsonWebKeySet(await Http.GetStringAsync(Setting("Jwks")).ConfigureAwait(false));
                    keysReadAt = DateTime.UtcNow;
                }
                foreach (var key in keys.Keys) if (key.Kid == kid && key.Kty == "EC" && key.Crv == "P-256") return key;
            }
            throw new SecurityTokenException("unknown key");
        }
        finally { Fetching.Release(); }
    }

    private static string Setting(string name)
    {
        var value = ConfigurationManager.AppSettings["Sallyport:" + name];
        // A check without its value would be a check left out.
        return string.IsNullOrEmpty(value) ? throw new ConfigurationErrorsException("Sallyport:" + name + " is missing") : value;
    }
}
