"""Laws of no suite that the search was built with: bonus laws, systems, trades.

Those of `SEEN` were tried first with the search as it was; what some of them lacked is in it now.
Those of `UNSEEN` were written down after that and have changed nothing.
"""

SEEN = """
bonus 1: (Z1*Z2*alpha*hbar*c/(4*E*sin(theta/2)**2))**2: Z1,Z2,alpha,hbar,c,E 1,2; theta 1,3
bonus 2: k*G/L**2*(1+sqrt(1+2*E*L**2/(m*k**2))*cos(t1-t2)): k,G,L,E,m 1,3; t1,t2 0,6
bonus 3: d*(1-a**2)/(1+a*cos(t1-t2)): d 1,3; a .2,.8; t1,t2 0,6
bonus 4: sqrt(2/m*(E-U-L**2/(2*m*r**2))): m,L,r 1,3; E 8,12; U 1,3
bonus 5: 2*pi*d**1.5/sqrt(G*(m1+m2)): d,G,m1,m2 1,3
bonus 6: sqrt(1+2*e2*E*L**2/(m*(Z1*Z2*q**2)**2)): e2,E,L,m,Z1,Z2,q 1,3
bonus 7: sqrt(8*pi*G*rho/3-al*c**2/d**2): G,rho 3,5; al,c 1,1.5; d 1,3
bonus 8: E/(1+E/(m*c**2)*(1-cos(t))): E,m,c 1,3; t 1,3
bonus 9: -32/5*G**4/c**5*(m1*m2)**2*(m1+m2)/r**5: G,c,m1,m2 1,2; r 1,3
bonus 10: acos((cos(t2)-v/c)/(1-v/c*cos(t2))): t2 1,3; v 1,3; c 4,6
bonus 11: I0*(sin(al/2)/(al/2)*sin(n*d/2)/sin(d/2))**2: I0,al,n,d 1,3
bonus 12: q/(4*pi*e*y**2)*(4*pi*e*V*d-q*d*y**3/(y**2-d**2)**2): q,e,V 1,5; d 1,3; y 4,6
bonus 13: q/(4*pi*e*sqrt(r**2+d**2-2*r*d*cos(al))): q,e 1,5; r 1,3; d 4,6; al 0,6
bonus 14: E*cos(th)*(-r+d**3/r**2*(al-1)/(al+2)): E,al,d,r 1,5; th 0,6
bonus 15: sqrt(1-v**2/c**2)*w/(1+v/c*cos(t)): w 1,5; v 1,3; c 5,20; t 0,6
bonus 16: sqrt((p-q*A)**2*c**2+m**2*c**4)+q*V: p,q,A,c,m,V 1,5
bonus 17: 1/(2*m)*(p**2+m**2*w**2*x**2*(1+al*x/y)): m,p,w,x,al,y 1,5
bonus 18: 3/(8*pi*G)*(c**2*k/r**2+H**2): G,c,k,r,H 1,5
bonus 19: -1/(8*pi*G)*(c**4*k/r**2+H**2*c**2*(1-2*al)): G,c,k,r,H,al 1,5
bonus 20: q**4/(4*pi)*(w/v)**2*(w/v+v/w-sin(t)**2): q,w,v 1,5; t 0,6
bacres1: 20-x-x*y/(1+.5*x**2): x 5,20; y 1,20
bacres2: 10-x*y/(1+.5*x**2): x 5,20; y 1,20
barmag1: .5*sin(x-y)-sin(x): x,y 0,6.28
barmag2: .5*sin(y-x)-sin(y): x,y 0,6.28
glider1: -.05*x**2-sin(y): x 1,10; y -3,3
glider2: x-cos(y)/x: x 1,10; y -3,3
lv1: 3*x-2*x*y-x**2: x,y 0,8
lv2: 2*y-x*y-y**2: x,y 0,8
predprey1: x*(4-x-y/(1+x)): x 0,10; y 0,20
predprey2: y*(x/(1+x)-.075*y): x 0,10; y 0,20
shearflow1: cos(x)/tan(y): x -3,3; y .3,1.4
shearflow2: (cos(y)**2+.1*sin(y)**2)*sin(x): x,y -3,3
vdp1: 10*(y-1/3*(x**3-x)): x,y -2,2
vdp2: -.1*x+0*y: x,y -2,2
Constant1: 3.39*x**3+2.12*x**2+1.78*x: x -4,4
Constant2: sin(x**2)*cos(x)-.75: x -4,4
Constant3: sin(1.5*x)*cos(.5*y): x,y 0.1,4
Constant4: 2.7*x**y: x,y .3,4
Constant5: sqrt(1.23*x): x .1,4
Constant6: x**.426: x .01,4
Constant7: 2*sin(1.3*x)+cos(y): x,y -4,4
Constant8: log(x+1.4)+log(x**2+1.3): x -1,4
Jin1: 2.5*x**4-1.3*x**3+.5*y**2-1.7*y: x,y -3,3
Jin2: 8*x**2+8*y**3-15: x,y -3,3
Jin3: .2*x**3+.5*y**3-1.2*y-.5*x: x,y -3,3
Jin4: 1.5*exp(x)+5*cos(y): x,y -3,3
Jin5: 6*sin(x)*cos(y): x,y -3,3
Jin6: 1.35*x*y+5.5*sin((x-1)*(y-1)): x,y -3,3
Neat4: log(x+1)+log(x**2+1): x 0,2
Neat6: x*(x+1)/2: x 1,50
Neat7: 2-2.1*cos(9.8*x)*sin(1.3*y): x,y -1,1
Neat8: exp(-(x-1)**2)/(1.2+(y-2.5)**2): x,y .3,4
Livermore3: sin(x**3)*cos(x**2)-1: x -1,1
Livermore6: 4*x**4+3*x**3+2*x**2+x: x -1,1
Livermore8: cosh(x): x -1,1
Livermore15: x**.2: x .01,4
Livermore19: x**5+x**4+x**2+x: x -1,1
Livermore20: exp(-x**2): x -1,1
Livermore21: x**8+x**7+x**6+x**5+x**4+x**3+x**2+x: x -1,1
Meier4: x**2*y**2/(x+y)+sin(x): x,y .1,1
Poly10: a*b+c*d+e*f+a*g*h+c*f*k: a,b,c,d,e,f,g,h,k -1,1
Friedman-like: 10*sin(pi*a*b)+20*(c-.5)**2+10*d+5*e: a,b,c,d,e 0,1
wave packet: exp(-x**2/(2*s**2))*cos(k*x): x -2,2; s .5,2; k 1,6
rosenbrock: 100*(y-x**2)**2+(1-x)**2: x,y -2,2
ackley1: -20*exp(-.2*sqrt(.5*(x**2+y**2))): x,y -4,4
griewank: 1+(x**2+y**2)/40-cos(x)*cos(y/sqrt(2)): x,y -5,5
dirichlet: sin((2*k+1)*x/2)/sin(x/2): k 1,4; x .3,3
cubic root of product: (x*y)**(1/3)+z: x,y,z 1,5
haversine: sin((a-b)/2)**2+cos(a)*cos(b)*sin(d/2)**2: a,b -1.5,1.5; d -3,3
snell: asin(n1/n2*sin(t)): n1 1,1.5; n2 1.5,2.5; t 0,1.2
psychro: 6.112*exp(17.67*T/(T+243.5)): T 0,50
humidity: 6.112*exp(17.67*T/(T+243.5))*RH*2.1674/(273.15+T): T 0,40; RH 10,100
BSA: .007184*w**.425*h**.725: w 40,120; h 140,200
windchill: 13.12+.6215*T-11.37*v**.16+.3965*T*v**.16: T -20,5; v 5,60
I.12.4: q/(4*pi*e*r**2): q,e,r 1,5
I.14.4: k*x**2/2: k,x 1,5
I.15.1: m*v/sqrt(1-v**2/c**2): m 1,5; v 1,2; c 3,10
I.18.14: m*r*v*sin(t): m,r,v 1,5; t 1,5
I.29.4: w/c: w,c 1,10
I.32.5: q**2*a**2/(6*pi*e*c**3): q,a,e,c 1,5
I.34.1: w/(1-v/c): c 3,10; v 1,2; w 1,5
I.34.27: h*w/(2*pi): h,w 1,5
I.38.12: 4*pi*e*h**2/(m*q**2): m,q,h,e 1,5
I.39.11: p*V/(g-1): g 2,5; p,V 1,5
I.43.16: m*q*V/d: m,q,V,d 1,5
I.43.43: k*v/((g-1)*A): g 2,5; k,v,A 1,5
I.47.23: sqrt(g*p/r): g,p,r 1,5
II.2.42: k*(T2-T1)*A/d: k,T2,T1,A,d 1,5
II.3.24: P/(4*pi*r**2): P,r 1,5
II.8.7: 3*q**2/(5*4*pi*e*d): q,e,d 1,5
II.10.9: s/e/(1+x): s,e,x 1,5
II.11.20: n*p**2*E/(3*k*T): n,p,E,k,T 1,5
II.11.28: 1+n*a/(1-n*a/3): n,a 0,1
II.13.17: I/(2*pi*e*c**2*r)/2: e,c,I,r 1,5
II.13.23: r/sqrt(1-v**2/c**2): r 1,5; v 1,2; c 3,10
II.13.34: r*v/sqrt(1-v**2/c**2): r 1,5; v 1,2; c 3,10
II.15.4: -m*B*cos(t): m,B,t 1,5
II.21.32: q/(4*pi*e*r*(1-v/c)): q,e,r 1,5; v 1,2; c 3,10
II.34.29b: g*m*B*J/(h/(2*pi)): g,h,J,m,B 1,5
II.37.1: m*(1+x)*B: m,x,B 1,5
II.38.14: Y/(2*(1+s)): Y,s 1,5
III.4.32: 1/(exp(h*w/(2*pi*k*T))-1): h,w,k,T 1,5
III.8.54: sin(E*t/(h/(2*pi)))**2: E,t 1,2; h 1,4
III.13.18: 2*E*d**2*k/(h/(2*pi)): E,d,k,h 1,5
III.15.14: (h/(2*pi))**2/(2*E*d**2): h,E,d 1,5
III.15.27: 2*pi*a/(n*d): a,n,d 1,5
III.21.20: -r*q*A/m: r,q,A,m 1,5
michaelis2: V*S/(K*(1+I/J)+S): V,S,K,I,J 1,5
hill: V*S**n/(K**n+S**n): V 1,5; S .5,5; K .5,3; n 1,4
monod: m*S/(K+S)*P/(L+P): m,S,K,P,L 1,5
van der waals: n*R*T/(V-n*b)-a*n**2/V**2: n,R,T,a 1,3; V 5,10; b .1,.5
redlich: R*T/(V-b)-a/(sqrt(T)*V*(V+b)): R,T,a 1,3; V 3,6; b .1,1
antoine: exp(A-B/(C+T)): A 1,3; B 1,5; C 1,3; T 1,10
arrhenius: A*exp(-E/(8.314*T)): A 1,5; E 1,20; T 1,5
nernst: E+R*T/(n*F)*log(c/d): E,R,T,n,F,c,d 1,3
goldman: log((k*a+n*b)/(k*c+n*d)): k,n,a,b,c,d 1,5
lens: 1/((n-1)*(1/r-1/s)): n 1.2,2; r 1,3; s 4,8
bernoulli: p+r*v**2/2+r*9.81*h: p,r,v,h 1,5
manning: 1/n*A*(A/P)**(2/3)*sqrt(S): n,A,P,S .5,3
kepler3: sqrt(4*pi**2*a**3/(G*(M+m))): a,G,M,m 1,5
escape: sqrt(2*G*M/r)-v: G,M,r,v 1,5
drag: m*g/b*(1-exp(-b*t/m)): m,g,b,t 1,3
projectile: x*tan(t)-9.81*x**2/(2*v**2*cos(t)**2): x 1,5; t .2,1.2; v 3,10
pendulum: 2*pi*sqrt(l/g)*(1+t**2/16): l,g 1,10; t .1,1.5
RLC: V/sqrt(R**2+(w*L-1/(w*C))**2): V,R,w,L,C 1,3
lowpass: 1/sqrt(1+(w*R*C)**2): w,R,C .5,3
resonance: F/sqrt((k-m*w**2)**2+(c*w)**2): F,k,m,w,c 1,3
blackbody: 2*h*f**3/c**2/(exp(h*f/(k*T))-1): h,f,c,k,T 1,3
compton: l+h/(m*c)*(1-cos(t)): l,h,m,c 1,3; t 0,3
saha: sqrt(T)**3*exp(-E/T)/n: T,E,n 1,5
malthus: K/(1+(K-P)/P*exp(-r*t)): K 5,10; P 1,4; r .5,2; t 0,3
gompertz: a*exp(-b*exp(-c*t)): a,b,c 1,3; t 0,3
cobb: A*K**.3*L**.7: A,K,L 1,10
ces: (.4*K**.5+.6*L**.5)**2: K,L 1,10
black: log(S/K)/(s*sqrt(T))+s*sqrt(T)/2: S,K 1,3; s .1,.5; T .5,3
annuity: P*r/(1-(1+r)**(-n)): P 1,10; r .01,.2; n 1,30
shannon: B*log(1+S/N)/log(2): B,S,N 1,5
stefan: s*A*(T**4-U**4): s,A 1,3; T 3,5; U 1,3
poiseuille: pi*p*r**4/(8*m*l): p,r,m,l 1,5
reynolds drag: 24/R+6/(1+sqrt(R))+.4: R 1,100
lorentz: sqrt(1-(u**2+v**2)/c**2): u,v .1,1; c 2,5
rel velocity: (u-v)/(1-u*v/c**2): u,v .1,2; c 3,6
doppler: f*(c+a)/(c-b): f 1,5; c 10,20; a,b 1,5
gauss beam: w*sqrt(1+(z/r)**2): w,z,r .5,3
dipole: q*d*cos(t)/(4*pi*e*r**2): q,d,e,r 1,3; t 0,6
two springs: (a*b/(a+b))*x**2/2: a,b,x 1,5
torus: 2*pi**2*R*r**2: R,r 1,5
cone: pi*r*(r+sqrt(h**2+r**2)): r,h 1,5
heron: sqrt((a+b+c)*(a+b-c)*(a-b+c)*(-a+b+c))/4: a,b,c 4,6
cap: pi*h**2*(3*r-h)/3: h .5,1.5; r 2,5
ellipse: pi*(3*(a+b)-sqrt((3*a+b)*(a+3*b))): a,b 1,5
buckingham: A*exp(-B*r)-C/r**6: A 1,5; B .5,2; C 1,3; r 1,2
"""

UNSEEN = """
bragg: n*l/(2*sin(t)): n,l 1,3; t .3,1.4
fresnel: ((n*cos(a)-m*cos(b))/(n*cos(a)+m*cos(b)))**2: n,m 1,2; a,b .1,1.3
malus: I*cos(a-b)**2: I 1,5; a,b 0,3
young: I*cos(pi*d*x/(l*D))**2: I 1,3; d 1,2; x .1,1; l 1,2; D 2,4
debye: exp(-r/l)*q/(4*pi*e*r): r,l,q,e 1,4
yukawa: -g**2*exp(-m*r)/r: g,m,r .5,2
morse: D*(1-exp(-a*(r-s)))**2: D 1,5; a .5,2; r 1,3; s .5,1.5
tunnel: exp(-2*L*sqrt(2*m*(V-E))/h): L,m,h 1,2; V 3,5; E .5,2.5
rydberg: R*Z**2*(1/n**2-1/m**2): R,Z 1,3; n 1,2; m 3,6
zeeman: m*B*g+E0: m,B,g,E0 1,4
thermocouple: a*(T-U)+b*(T**2-U**2): a,b .5,2; T,U 1,5
otto: 1-r**(1-g): r 2,10; g 1.2,1.7
carnot: Q*(1-C/H): Q 1,5; C 1,3; H 4,8
fin: sqrt(h*P/(k*A))*tanh(L*sqrt(h*P/(k*A))): h,P,k,A,L .5,2
lmtd: (a-b)/log(a/b): a 3,8; b 1,2.5
nusselt: .023*R**.8*P**.4: R 10,100; P 1,10
darcy: f*L*v**2/(2*9.81*D): f,L,v,D 1,5
terminal: sqrt(2*m*g/(r*A*C)): m,g,r,A,C 1,4
rocket: v*log((m+f)/m)-g*t: v,m,f,g,t 1,4
orbit: a*(1-e**2)/(1+e*cos(t)): a 1,4; e .1,.7; t 0,6
visviva: sqrt(G*M*(2/r-1/a)): G,M 1,3; r 1,2; a 2,5
tidal: 2*G*M*m*d/r**3: G,M,m,d 1,3; r 2,5
moment: m*(a**2+b**2)/12+m*d**2: m,a,b,d 1,4
beam: w*x**2*(x**2+6*L**2-4*L*x)/(24*E*I): w,E,I 1,3; x .2,1; L 1,2
euler: pi**2*E*I/(K*L)**2: E,I,K,L 1,4
hoop: p*r/t*(1+t/(2*r)): p,r 1,5; t .1,.9
pid step: K*(1-exp(-t/T)*(1+t/T)): K 1,4; t .1,5; T .5,2
damped: A*exp(-g*t)*cos(w*t): A 1,3; g .2,1; w 1,4; t 0,3
logit: 1/(1+exp(-(a+b*x))): a,b,x -2,2
weibull: k/l*(x/l)**(k-1)*exp(-(x/l)**k): k 1,3; l 1,2; x .2,3
pareto: a*m**a/x**(a+1): a 1,3; m .5,1; x 1.2,4
student: (1+x**2/n)**(-(n+1)/2): x -3,3; n 1,8
bayes: p*a/(p*a+(1-p)*b): p,a,b .1,.9
odds: log(p/(1-p))-log(q/(1-q)): p,q .1,.9
fisher z: atanh(r)*sqrt(n-3): r -.9,.9; n 5,30
sharpe: (r-f)/s*sqrt(T): r 1,5; f 0,1; s .5,2; T 1,12
npv: C/(1+r)+D/(1+r)**2: C,D 1,5; r .01,.3
pop: N*exp((b-d)*t): N 1,5; b .5,1.5; d .1,.8; t 0,3
holling3: a*N**2/(1+a*h*N**2): a,h .2,2; N .5,5
beverton: R*N/(1+(R-1)*N/K): R 1.5,4; N 1,5; K 5,20
haldane: m*S/(K+S+S**2/I): m,S,K,I .5,4
pharma: D*k/(V*(k-e))*(exp(-e*t)-exp(-k*t)): D,V 1,3; k 1.5,3; e .2,1; t .1,4
allometry: a*M**.75+b*M: a,b .5,2; M 1,50
richards: K/(1+exp(-r*t))**(1/n): K 1,5; r .3,2; t -2,2; n .5,3
stokes law: 2/9*(p-f)*g*r**2/m: p 3,6; f 1,2; g,r,m 1,3
skin depth: sqrt(2*r/(w*m))*sqrt(sqrt(1+(r*w*e)**2)+r*w*e): r,w,m,e .5,2
parallel R: 1/(1/a+1/b+1/c): a,b,c 1,10
divider: V*b/(a+b)+W*a/(a+b): V,W,a,b 1,5
diode: I*(exp(V/(n*.7))-1)-V/R: I,n .5,2; V .1,2; R 1,5
decibel: 10*log(P/Q)/log(10): P,Q 1,20
sinc2: A*(sin(x)/x)**2+B: A,B 1,3; x .5,9
ripple: sin(x**2+y**2)/(x**2+y**2): x,y .3,2.5
monkey: x**3-3*x*y**2+sin(x*y): x,y -2,2
nested: log(1+exp(x-y))+z**2: x,y,z -2,2
"""
